"""Services that answer queries of police, courts and the public from loaded records; one file each in kinds/."""
