"""What people name."""

from django import forms

from accounts.forms.people import NameField


class ViewNameForm(forms.Form):
    """What a saved view is called."""

    name = NameField(label="Name", max_length=40, widget=forms.TextInput({"autocomplete": "off"}))

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise forms.ValidationError("Write the name with letters, digits and signs.")
        return name
