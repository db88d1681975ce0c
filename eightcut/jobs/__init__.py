"""Work that joins database, media and models: scan, train, export, compare, evaluate."""
