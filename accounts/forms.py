"""The forms of signing in and of inviting."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import resets, sso
from accounts.invitations import Place, roles_to_give
from offices.models import Office, Right, Role, User
from offices.rights import offices_with


def _plain(form: forms.Form, labels: dict[str, Any]) -> None:
    """Our labels, and no placeholders that repeat them."""
    form.use_required_attribute = False
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        if name in labels:
            field.label = labels[name]


class SignInForm(allauth_forms.LoginForm):
    """User name and password; the first field is posted as `username`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"login": _("Username"), "password": _("Password")})
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}
        self.fields["password"].help_text = ""

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else str(super().add_prefix(field_name))


class AskResetForm(allauth_forms.ResetPasswordForm):
    """It looks for nobody: whether there is such an account is the worker's to find out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"email": _("E-mail")})

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        resets.ask(request, email)
        return email


class OwnPasswordForm(forms.Form):
    """Nobody whom a sign-in service alone lets in gets a way in beside it."""

    user: User

    @property
    def only_by_service(self) -> bool:
        return sso.alone_lets_in(self.user)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.only_by_service:
            raise ValidationError(
                _("You sign in with a sign-in service and have no password here.")
            )
        return cleaned


class ResetForm(OwnPasswordForm, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"password1": _("New password"), "password2": _("The new password again")})
        self.fields["password1"].help_text = password_validators_help_text_html()


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("The new password again"),
        }
        _plain(self, labels)
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = password_validators_help_text_html()


class SetPasswordForm(OwnPasswordForm, allauth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"password1": _("New password"), "password2": _("The new password again")})
        self.fields["password1"].help_text = password_validators_help_text_html()


class ConfirmForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, {"password": _("Password")})
        self.fields["password"].help_text = ""


def refuse_higher_role(form: forms.BaseForm, inviter: User) -> None:
    """Says at the form's role that it is not this person's to give at the chosen office."""
    office, role = form.cleaned_data.get("office"), form.cleaned_data.get("role")
    if office and role and role not in roles_to_give(inviter, office):
        form.add_error("role", _("You cannot give this role at this office."))


class InviteForm(forms.Form):
    """A place at one of the offices to which the person may invite."""

    use_required_attribute = False

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.BOOKER)
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("So that you recognise the invitation."),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("The invitation is sent there. Without one you hand over the link yourself."),
    )

    def __init__(self, *args: Any, inviter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.inviter = inviter
        self.offices = offices_with(inviter, Right.INVITE)
        cast(forms.ModelChoiceField, self.fields["office"]).queryset = self.offices
        givable = {role for office in self.offices for role in roles_to_give(inviter, office)}
        cast(forms.ChoiceField, self.fields["role"]).choices = [
            (role.value, role.label) for role in Role if role in givable
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        refuse_higher_role(self, self.inviter)
        return cleaned

    def place(self) -> Place:
        given = self.cleaned_data
        return Place(given["office"], Role(given["role"]), given["name"], given["email"])


class JoinForm(forms.Form):
    """A new person's account."""

    use_required_attribute = False

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Only for a new password, if you forget yours."),
    )
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=[User.username_validator],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = password_validators_help_text_html()

    def clean_username(self) -> str:
        username: str = User.normalize_username(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(_("Somebody has this username already. Choose another."))
        return username

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        elif first:
            try:
                validate_password(first, self._person())
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def _person(self) -> User:
        given = self.cleaned_data
        names = ("username", "first_name", "last_name", "email")
        return User(**{name: given.get(name, "") for name in names})

    def save(self) -> User:
        """The new account, with its password."""
        user = self._person()
        user.set_password(self.cleaned_data["password1"])
        user.save()
        return user
