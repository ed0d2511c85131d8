"""Who must not be named: victims of sexual offences and children, in one record and over whole cases."""
