"""What a change of a schema breaks: documents, and Python code written against the generated package.

compared_packages, revisions   what is compared: files, directories, revisions of git
structural_changes, value_changes   the changes between two schemas, each of a rule of `rules.toml`
element_content, alternatives   what elements contain, for the structural comparison
inclusion, text_relations      which documents and texts break: exactly, with examples that show it
document_changes, change_examples   both together: findings with what they break, and the documents
direction, unexplained         the two ways to look at a change; findings for what no change explains
python_surface, python_changes, annotation   what code sees of a package, and how that changed
user_documents                 the user's own documents, judged by both sides
package_comparison             all stages in order
policy, diff_report            the answer for each category, what fails a gate, and the output formats
"""
