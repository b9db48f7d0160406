"""What stands at one side of a group: posts, replies, acknowledgements, reading, attachments.

A post takes the next number of its side; a thread (a post with its replies) stands where its
newest post stands. Nothing is written per reader: who has read a post is said by the marks.

Announces: PostPublished, PostEdited, PostWithdrawn, PostRestored, PostAcknowledged,
    AcknowledgementWithdrawn, ReadMarkMoved, TimelineViewed, PostViewed, AlbumViewed, FileUploaded,
    FileViewed, FileDiscarded.
Listens to: KeysErased.
Controls: ISO/IEC 27017 8.15, 8.24; white paper 「ログ」, 「暗号化」.
"""
