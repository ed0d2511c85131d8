"""How text is compared and remembered; the ground that everything in this package stands on."""
