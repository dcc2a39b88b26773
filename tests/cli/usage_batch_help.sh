undertone batch --help
