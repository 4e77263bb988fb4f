"""A stand-in of a Salesforce org: ``leadbridge sandbox up salesforce``. What it does not model: docs/sandbox.md."""
