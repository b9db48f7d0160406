"""Help for those who use the product, and the console of those who operate it.

The manual has a page for each screen. It is public: it is read before there is an account, and when
signing in fails. Each screen links its page by `url("support:help", slug)`.

The console is the operator's: which facilities there are and how each stands, and who operates. It
is entered by a passkey and stands below the contexts of patients and timelines, so that nothing in
it can read them. What touches seats has its pages above, in the console's frame.

It also keeps what the watch measures once a minute (`config.watch`), judges it by limits, knows who
signs in for the check from outside, how many processes shall run, and what of the log was written
while no machine vouched for the time.

What did not work stands for everyone at `/status/`: by the record of the check, and in the words of
the operator.
What is typed at a machine says who types it and why, before it acts.

Announces: CapacityChanged, ClockDoubted, ClockTrusted, CommandTyped, OperatorsReviewed,
    OutageOpened, OutageChanged, OutageEnded, ProbeBegan, ProbeEnded.
Listens to: nothing.
Controls: ISO/IEC 27017 5.16, 5.18, 8.2, 8.6, 8.17, 8.18, CLD.12.1.5, CLD.12.4.5; white
    paper 「管理者用手順」, 「認証情報の管理」, 「ユーティリティプログラム」,
    「クラウドサービスの監視」, 「容量・能力の管理」.
"""
