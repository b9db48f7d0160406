"""Whether a person has a second factor, and whether they must: asked by functions.

The statement before every request asks both of a session that showed none, and made two looks ready
for all others too. Behind a function of PL/pgSQL a look is made ready when it is called.
Locks: none but on the catalogue. The version before asks for itself, as it did.
Back: the reverse drops the functions; no row is touched.
Controls: ISO/IEC 27017 5.17, 8.5; white paper 「認証情報の管理」.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION accounts_has_factor(person uuid) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM mfa_authenticator a WHERE a.user_id = person AND a.type IN ('totp', 'webauthn'));
END $$;

CREATE FUNCTION accounts_wants_factor(person uuid, is_professional boolean) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN coalesce(
    (SELECT b.second_factor FROM accounts_personbinding b WHERE b.user_id = person),
    is_professional);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_remembered_devices"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.RunSQL(
            CREATE,
            "DROP FUNCTION accounts_has_factor; DROP FUNCTION accounts_wants_factor",
        )
    ]
