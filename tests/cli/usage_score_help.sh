undertone score --help
