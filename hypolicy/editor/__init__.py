"""The language server: what an editor shows of a policy folder while somebody writes in it.

A shell over the same passes as the command line. `workspace` knows which documents are open, `findings` runs the check
on them, `view` is a folder read for the questions of `hover`, `navigation`, `completion`, `repairs` and `outline`;
`places` turns our places into those of the protocol; only `server` talks to the editor.
"""
