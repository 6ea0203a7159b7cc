"""The addresses of signing in, of one's own account, and of the members of an organization.

Some have two names: one of ours, and the one that allauth looks up.
"""

from django.urls import path

from accounts.views import (
    account,
    confirmation,
    entrance,
    factors,
    invitations,
    organization,
    recovery,
    tokens,
)

entrance_urls = [
    path("sign-in/", entrance.SignIn.as_view(), name="sign-in"),
    path("sign-in/", entrance.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", entrance.SecondFactorStep.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey/", entrance.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("sign-out/", entrance.SignOut.as_view(), name="sign-out"),
    path("password/forgotten/", recovery.Forgotten.as_view(), name="password-forgotten"),
    path("password/forgotten/sent/", recovery.ForgottenSent.as_view(), name="password-sent"),
    path(
        "password/new/<str:uidb64>/<str:token>/",
        recovery.PasswordNew.as_view(),
        name="password-new",
    ),
    path("invitation/<str:token>/", invitations.Accept.as_view(), name="invitation"),
    path("confirm/", confirmation.ConfirmPassword.as_view(), name="account_reauthenticate"),
    path("confirm/code/", confirmation.ConfirmCode.as_view(), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        confirmation.ConfirmPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
]

account_urls = [
    path("", account.Account.as_view(), name="account"),
    path("name/", account.Name.as_view(), name="name"),
    path("rows/", account.Rows.as_view(), name="rows"),
    path("password/", account.Password.as_view(), name="password-change"),
    path("sessions/end/", account.EndSession.as_view(), name="session-end"),
    path("authenticator/", factors.Activate.as_view(), name="mfa_activate_totp"),
    path("authenticator/remove/", factors.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("passkeys/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="passkey-remove"),
    path("recovery-codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", factors.NewRecoveryCodes.as_view(), name="recovery-codes-new"),
]

organization_urls = [
    path("", organization.Members.as_view(), name="organization"),
    path("invite/", organization.Invite.as_view(), name="invite"),
    path("rule/", organization.Rule.as_view(), name="second-factor-rule"),
    path("invitations/<int:pk>/resend/", organization.Resend.as_view(), name="invitation-resend"),
    path(
        "invitations/<int:pk>/withdraw/",
        organization.Withdraw.as_view(),
        name="invitation-withdraw",
    ),
    path("members/<int:pk>/", organization.ChangeRole.as_view(), name="member-role"),
    path("members/<int:pk>/remove/", organization.Remove.as_view(), name="member-remove"),
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/new/", tokens.NewToken.as_view(), name="token-new"),
    path("tokens/<slug:key>/revoke/", tokens.RevokeToken.as_view(), name="token-revoke"),
]
