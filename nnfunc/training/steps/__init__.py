"""The steps within an epoch, and what changes them: descents, regularisation and augmentation."""
