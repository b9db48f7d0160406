"""People: who they are, how they sign in, and through which session they act.

A person registers by a link that proves their address, and sets a password; a professional takes
up a second factor (an authenticator app, a passkey) before seeing anything else. Signing in opens a
session, which idles, is opened again by a proof, is listed among the person's devices, and ends.
The rules of the facilities that they work for bind it; where all of them allow it, a device of
one's own is remembered for thirty days and need not show the second factor. Who works for the
provider takes a console, by a passkey. Whoever guesses is braked. What changes about an account is
told to its owner by mail.

Announces: PersonRegistered, PersonEnded, OperatorBegan, OperatorEnded, PasswordAccepted, SignedIn,
    SignInRefused, SessionReopened, SignedOut, SessionEnded, SecondFactorEnrolled,
    SecondFactorRemoved, RecoveryCodesMade, RecoveryCodeUsed, PasswordChanged, PasswordResetAsked,
    PasswordResetSent, RegistrationBegan, RegistrationSent, RegistrationEnded,
    RegistrationCompleted, PersonBound, FactorResetStarted, FactorResetSent, FactorsReset,
    AddressChangeAsked, AddressChanged, ProfileChanged, DeviceRemembered, DeviceRecognised,
    DevicesForgotten.
Listens to: PasswordChanged, SecondFactorEnrolled, SecondFactorRemoved, RecoveryCodesMade,
    RecoveryCodeUsed, FactorsReset, AddressChangeAsked, AddressChanged, SignedIn,
    DeviceRemembered.
Controls: ISO/IEC 27017 5.16, 5.17, 8.2, 8.5; white paper 「認証情報の管理」.
"""
