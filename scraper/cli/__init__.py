"""The command line: one module per command.

    app       the commands and the one place where errors become exit codes
    options   what several commands take
    work      what a worker process does with one page; imports no command line
    run       pages through the workers, rows to the output
    output    standard output, or a folder that mirrors the inputs

Data goes to standard output, everything else to standard error.
"""
