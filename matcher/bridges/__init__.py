"""Small processes beside a kiosk's browser: the card reader and the slip printer, on the loopback address alone."""
