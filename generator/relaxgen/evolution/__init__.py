"""What a change of a schema breaks: documents, and Python code written against the generated package.

sides, revisions          what is compared with what: files, directories, revisions of git
structure, values, content   the changes between two schemas, told by the rules of `rules`
inclusion                 which documents break: exactly, with documents that show it
documents, examples       both together: findings with what they break, and the documents
surface, source_code, annotation   what code sees of a package, and what changed of that
document_check            documents of the user's on both sides
comparison                all of it, in order
verdict, report           the answers, and how they are told
"""
