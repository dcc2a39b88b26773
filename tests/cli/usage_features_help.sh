undertone features --help
