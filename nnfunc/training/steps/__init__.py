"""The steps within an epoch, and what changes them: descents, regularization and augmentation."""
