"""Ways to send texts behind `ports.gateways.Gateway`: a file, SMPP, Kannel over HTTP; a new one is one file."""
