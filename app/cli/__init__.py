"""Answer the command line: one module for each word, none of which loads Qt or torch by itself."""
