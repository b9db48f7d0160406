"""Static files under hashed names, so that a browser may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStatic(ManifestStaticFilesStorage):
    """Also where one ES module imports another, the hashed name is written."""

    support_js_module_import_aggregation = True
