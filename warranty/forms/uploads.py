"""The form with which a shipments file is handed in."""

from django import forms

from documents.forms import DocumentField
from documents.policy import TABLE


class ShipmentUploadForm(forms.Form):
    """One table; what stands in it is judged when it is previewed."""

    file = DocumentField(
        TABLE,
        label="Shipments file",
        error_messages={
            "required": "Choose the file with your shipments.",
            "empty": "The file is empty. Choose it again.",
            "max_length": "The name of the file is too long. Rename it and choose it again.",
        },
    )
