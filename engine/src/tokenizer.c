/* From bytes to tags and texts. The document is regular UTF-8, or it is given up: every branch that is not described in
 * ../README.md ends in `give_up`. All reading is between `at` and `end`. */
#include "tokenizer.h"

static const Slice XML_URI = {"http://www.w3.org/XML/1998/namespace", 36};

static Py_ssize_t
left(const Parser *parser)
{
    return parser->end - parser->at;
}

static bool
comes(const Parser *parser, const char *word, Py_ssize_t size)
{
    return left(parser) >= size && same_bytes(parser->at, word, size);
}

static bool
skip(Parser *parser, const char *word, Py_ssize_t size)
{
    if (comes(parser, word, size)) {
        parser->at += size;
        return true;
    }
    return false;
}

/* Returns how many. Where there are more than allowed, it is the next blank that nothing expects. */
static Py_ssize_t
skip_blanks(Parser *parser)
{
    const char *from = parser->at;
    const char *end = left(parser) > LONGEST_TOKEN ? from + LONGEST_TOKEN : parser->end;
    const char *at = from;
    while (at < end && is_kind(*at, BLANK)) {
        at++;
    }
    parser->at = at;
    return at - from;
}

/* ------------------------------------------------------------------ comments and instructions */

/* Behind "<!--". */
static bool
skip_comment(Parser *parser)
{
    const char *from = parser->at;
    for (; left(parser) >= 3; parser->at++) {
        char c = *parser->at;
        if (c == '-' && parser->at[1] == '-') {
            return skip(parser, "-->", 3) || give_up(parser, BAD_MARKUP);
        }
        if ((unsigned char)c < 0x20 && !is_kind(c, BLANK)) {
            return give_up(parser, BAD_CHARACTER);
        }
        if (parser->at - from > LONGEST_TOKEN) {
            return give_up(parser, TOO_LARGE);
        }
    }
    return give_up(parser, BAD_MARKUP);
}

static bool
is_reserved(Slice target)
{
    return target.size == 3 && (target.at[0] | 0x20) == 'x' && (target.at[1] | 0x20) == 'm'
           && (target.at[2] | 0x20) == 'l';
}

/* Behind "<?". */
static bool
skip_instruction(Parser *parser)
{
    const char *from = parser->at;
    if (!left(parser) || !is_kind(*parser->at, NAME_START)) {
        return give_up(parser, BAD_MARKUP);
    }
    while (left(parser) && is_kind(*parser->at, NAME_PART)) {
        parser->at++;
    }
    if (is_reserved((Slice){from, parser->at - from})) {
        return give_up(parser, BAD_DECLARATION);
    }
    if (!comes(parser, "?>", 2) && !skip_blanks(parser)) {
        return give_up(parser, BAD_MARKUP);
    }
    for (; left(parser) >= 2; parser->at++) {
        if (skip(parser, "?>", 2)) {
            return true;
        }
        if ((unsigned char)*parser->at < 0x20 && !is_kind(*parser->at, BLANK)) {
            return give_up(parser, BAD_CHARACTER);
        }
        if (parser->at - from > LONGEST_TOKEN) {
            return give_up(parser, TOO_LARGE);
        }
    }
    return give_up(parser, BAD_MARKUP);
}

/* At "<!" or "<?". */
static bool
skip_markup(Parser *parser)
{
    if (skip(parser, "<!--", 4)) {
        return skip_comment(parser);
    }
    if (skip(parser, "<?", 2)) {
        return skip_instruction(parser);
    }
    if (comes(parser, "<![CDATA[", 9)) {
        return give_up(parser, BAD_CDATA);
    }
    return give_up(parser, comes(parser, "<!DOCTYPE", 9) ? BAD_DOCTYPE : BAD_MARKUP);
}

/* Blanks, comments and instructions outside of the root. */
static bool
skip_outside(Parser *parser)
{
    for (;;) {
        skip_blanks(parser);
        if (!comes(parser, "<!", 2) && !comes(parser, "<?", 2)) {
            return true;
        }
        if (!skip_markup(parser)) {
            return false;
        }
    }
}

/* ------------------------------------------------------------------ before and behind the root */

/* A quoted word of the XML declaration. */
static bool
quoted_word(Parser *parser, Slice *word)
{
    if (!left(parser) || (*parser->at != '"' && *parser->at != '\'')) {
        return give_up(parser, BAD_DECLARATION);
    }
    char quote = *parser->at++;
    word->at = parser->at;
    while (left(parser) && is_kind(*parser->at, NAME_PART)) {
        parser->at++;
    }
    word->size = parser->at - word->at;
    return skip(parser, &quote, 1) || give_up(parser, BAD_DECLARATION);
}

/* Names of encodings are the same in capitals. `name` is in small letters. */
static bool
is_encoding(Slice word, const char *name)
{
    if (word.size != (Py_ssize_t)strlen(name)) {
        return false;
    }
    for (Py_ssize_t i = 0; i < word.size; i++) {
        char c = word.at[i];
        if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != name[i]) {
            return false;
        }
    }
    return true;
}

/* Whether the document's bytes are the same in UTF-8. */
static bool
is_like_utf8(const Parser *parser, Slice encoding)
{
    if (is_encoding(encoding, "utf-8")) {
        return true;
    }
    bool extends_ascii = is_encoding(encoding, "us-ascii") || is_encoding(encoding, "iso-8859-1");
    return extends_ascii && is_ascii((Slice){parser->at, left(parser)});
}

/* Behind "<?xml ": the version, and the encoding, if there is one. */
static bool
read_declaration(Parser *parser)
{
    Slice word;
    skip_blanks(parser);
    if (!skip(parser, "version=", 8) || !quoted_word(parser, &word)) {
        return give_up(parser, BAD_DECLARATION);
    }
    if (!same_slice(word, (Slice){"1.0", 3})) {
        return give_up(parser, BAD_DECLARATION);
    }
    if (skip_blanks(parser) && skip(parser, "encoding=", 9)) {
        if (!quoted_word(parser, &word)) {
            return false;
        }
        if (!is_like_utf8(parser, word)) {
            return give_up(parser, BAD_ENCODING);
        }
        skip_blanks(parser);
    }
    return skip(parser, "?>", 2) || give_up(parser, BAD_DECLARATION);
}

/* Up to the "<" of the root, which is skipped. */
bool
read_prolog(Parser *parser)
{
    if (skip(parser, "<?xml ", 6) && !read_declaration(parser)) {
        return false;
    }
    if (!skip_outside(parser)) {
        return false;
    }
    return skip(parser, "<", 1) || give_up(parser, BAD_MARKUP);
}

bool
read_epilog(Parser *parser)
{
    return skip_outside(parser) && (parser->at == parser->end || give_up(parser, BAD_MARKUP));
}

/* ------------------------------------------------------------------ references */

/* Room for what is decoded, made for the first text that needs it: `size` is what is left of the document then. Every
 * byte of the document is decoded at most once, and decoding makes no text longer, so the room is never too small. */
static char *
arena_end(Parser *parser, Py_ssize_t size)
{
    if (parser->arena == NULL) {
        parser->arena = PyMem_Malloc((size_t)size + 1);
        if (parser->arena == NULL) {
            PyErr_NoMemory();
            parser->reason = ERROR_IS_SET;
            return NULL;
        }
    }
    return parser->arena + parser->arena_used;
}

static char *
put_character(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    }
    else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

static bool
is_character(uint32_t code)
{
    return code == 0x9 || code == 0xA || code == 0xD || (code >= 0x20 && code <= 0xD7FF)
           || (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

static int
digit_of(char c, int base)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    int letter = (c | 0x20) - 'a';
    return base == 16 && letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/* Behind "&#". The shortest has five bytes with what is before it ("&#9;" has four), and becomes one. */
static bool
numbered_character(Parser *parser, uint32_t *code)
{
    int base = skip(parser, "x", 1) ? 16 : 10;
    const char *from = parser->at;
    *code = 0;
    while (left(parser) && digit_of(*parser->at, base) >= 0 && *code <= 0x10FFFF) {
        *code = *code * (uint32_t)base + (uint32_t)digit_of(*parser->at++, base);
    }
    bool is_right = parser->at > from && is_character(*code) && skip(parser, ";", 1);
    return is_right || give_up(parser, BAD_REFERENCE);
}

static bool
named_character(Parser *parser, uint32_t *code)
{
    static const struct {
        const char *word;
        Py_ssize_t size;
        uint32_t code;
    } known[] = {{"amp;", 4, '&'}, {"lt;", 3, '<'}, {"gt;", 3, '>'}, {"quot;", 5, '"'}, {"apos;", 5, '\''}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (skip(parser, known[i].word, known[i].size)) {
            *code = known[i].code;
            return true;
        }
    }
    return give_up(parser, BAD_REFERENCE);
}

/* Behind "&". Returns the end of what was put, or NULL. */
static char *
put_reference(Parser *parser, char *to)
{
    uint32_t code;
    bool is_right = skip(parser, "#", 1) ? numbered_character(parser, &code) : named_character(parser, &code);
    return is_right ? put_character(to, code) : NULL;
}

/* What was put at the end of the arena becomes a text. */
static bool
arena_text(Parser *parser, const char *from, const char *to, Text *text)
{
    text->bytes = (Slice){from, to - from};
    text->is_ascii = is_ascii(text->bytes);
    text->is_blank = is_blank(text->bytes);
    parser->arena_used += text->bytes.size;
    return text->bytes.size <= LONGEST_TOKEN || give_up(parser, TOO_LARGE);
}

/* ------------------------------------------------------------------ texts */

/* At a character that ends a plain run: "]" may stand alone. */
static bool
is_lone_bracket(const char *at, const char *end)
{
    return *at == ']' && (end - at < 3 || memcmp(at, "]]>", 3) != 0);
}

/* A run of characters that mean themselves. */
static unsigned char
plain_run(Parser *parser)
{
    unsigned char seen = 0;
    const char *at = pass_plain(parser->at, parser->end);
    while (at < parser->end && (!is_kind(*at, STOPS_TEXT) || is_lone_bracket(at, parser->end))) {
        unsigned char one = (unsigned char)*at++;
        seen |= one;
        at = one < 0x80 ? pass_plain(at, parser->end) : at;
    }
    parser->at = at;
    return seen;
}

/* Whether a tag comes: "<" and a name, or "</". */
static bool
at_tag(const Parser *parser)
{
    return left(parser) >= 2 && *parser->at == '<' && parser->at[1] != '!' && parser->at[1] != '?';
}

bool
at_end_tag(const Parser *parser)
{
    return comes(parser, "</", 2);
}

/* At "<![CDATA[": copies up to "]]>". An empty section is for the pure path, and so is one behind white space, which
 * libxml2 drops there sometimes. */
static char *
put_section(Parser *parser, const char *begin, char *to)
{
    skip(parser, "<![CDATA[", 9);
    const char *from = parser->at;
    if (comes(parser, "]]>", 3) || (to > begin && is_blank((Slice){begin, to - begin}))) {
        give_up(parser, BAD_CDATA);
        return NULL;
    }
    while (left(parser) && !comes(parser, "]]>", 3)) {
        if ((unsigned char)*parser->at < 0x20 && !is_kind(*parser->at, BLANK)) {
            give_up(parser, BAD_CHARACTER);
            return NULL;
        }
        parser->at++;
    }
    memcpy(to, from, (size_t)(parser->at - from));
    to += parser->at - from;
    if (!skip(parser, "]]>", 3)) {
        give_up(parser, BAD_MARKUP);
        return NULL;
    }
    return to;
}

/* A text with references or CDATA sections, or one that comments and instructions divide. */
static bool
joined_text(Parser *parser, const char *from, Py_ssize_t size, Text *text)
{
    char *begin = arena_end(parser, size);
    char *to = begin;
    if (begin == NULL) {
        return false;
    }
    parser->at = from;
    for (;;) {
        const char *run = parser->at;
        plain_run(parser);
        memcpy(to, run, (size_t)(parser->at - run));
        to += parser->at - run;
        if (at_tag(parser)) {
            return arena_text(parser, begin, to, text);
        }
        if (comes(parser, "&", 1) || comes(parser, "<![CDATA[", 9)) {
            bool is_reference = skip(parser, "&", 1);
            to = is_reference ? put_reference(parser, to) : put_section(parser, begin, to);
            if (to == NULL) {
                return false;
            }
        }
        else if (left(parser) && *parser->at == '<') {
            if (!skip_markup(parser)) {
                return false;
            }
        }
        else {
            return give_up(parser, left(parser) ? BAD_CHARACTER : BAD_MARKUP);
        }
    }
}

bool
read_text(Parser *parser, Text *text)
{
    const char *from = parser->at;
    Py_ssize_t size = left(parser);
    skip_blanks(parser);
    text->is_blank = at_tag(parser);
    unsigned char seen = text->is_blank ? 0 : plain_run(parser);
    if (!at_tag(parser)) {
        return joined_text(parser, from, size, text);
    }
    text->bytes = (Slice){from, parser->at - from};
    text->is_ascii = seen < 0x80;
    return text->bytes.size <= LONGEST_TOKEN || give_up(parser, TOO_LARGE);
}

/* ------------------------------------------------------------------ names */

static bool
name_part(Parser *parser, Slice *part, uint32_t *hash)
{
    const char *from = parser->at;
    if (!left(parser) || !is_kind(*from, NAME_START)) {
        return give_up(parser, BAD_NAME);
    }
    const char *at = from;
    while (at < parser->end && is_kind(*at, NAME_PART)) {
        at++;
    }
    *part = (Slice){from, at - from};
    *hash = hash_of(*part);
    parser->at = at;
    return part->size <= LONGEST_NAME || give_up(parser, TOO_LARGE);
}

/* The byte behind the name is what the caller has to judge: one of a character beyond ASCII is no right one. */
static bool
read_name(Parser *parser, RawName *name)
{
    const char *from = parser->at;
    name->prefix = (Slice){from, 0};
    if (!name_part(parser, &name->local, &name->hash)) {
        return false;
    }
    if (skip(parser, ":", 1)) {
        name->prefix = name->local;
        if (!name_part(parser, &name->local, &name->hash)) {
            return false;
        }
    }
    name->whole = (Slice){from, parser->at - from};
    return true;
}

/* ------------------------------------------------------------------ namespaces */

/* The innermost declaration of a prefix; NULL where there is none. */
static const Declaration *
declaration_of(const Parser *parser, Slice prefix, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        if (same_slice(parser->declarations[i].prefix, prefix)) {
            return &parser->declarations[i];
        }
    }
    return NULL;
}

static bool
is_xml(Slice prefix)
{
    return prefix.size == 3 && memcmp(prefix.at, "xml", 3) == 0;
}

static bool
resolve(Parser *parser, const RawName *raw, bool is_attribute, Name *name)
{
    *name = (Name){.local = raw->local, .uri = {raw->local.at, 0}, .hash = raw->hash};
    if (!raw->prefix.size && (is_attribute || !parser->declaration_count)) {
        return true;
    }
    if (is_xml(raw->prefix)) {
        name->uri = XML_URI;
        return is_attribute || give_up(parser, BAD_NAMESPACE);
    }
    const Declaration *found = declaration_of(parser, raw->prefix, parser->declaration_count);
    if (found != NULL) {
        name->uri = found->uri;
    }
    return found != NULL || !raw->prefix.size || give_up(parser, BAD_NAMESPACE);
}

/* Whether libxml2 surely takes the URI: a scheme and plain characters, without a port. */
static bool
is_plain_uri(Slice uri)
{
    Py_ssize_t at = 0;
    if (uri.size < 3 || uri.size > LONGEST_NAME || !is_kind(uri.at[0], NAME_START) || uri.at[0] == '_') {
        return false;
    }
    while (at < uri.size && is_kind(uri.at[at], NAME_PART) && uri.at[at] != '_') {
        at++;
    }
    if (at + 1 >= uri.size || uri.at[at] != ':') {
        return false;
    }
    at++;
    bool has_authority = uri.size - at > 2 && uri.at[at] == '/' && uri.at[at + 1] == '/';
    at += has_authority ? 2 : 0;
    if (at >= uri.size || !is_kind(uri.at[at], NAME_PART)) {
        return false;
    }
    for (int fragments = 0; at < uri.size; at++) {
        char c = uri.at[at];
        fragments += c == '#';
        bool is_plain = is_kind(c, NAME_PART) || c == '/' || (c == '#' && fragments == 1) || (c == ':' && !has_authority);
        if (!is_plain) {
            return false;
        }
    }
    return true;
}

static bool
is_reserved_uri(Slice uri)
{
    return same_slice(uri, XML_URI) || same_slice(uri, (Slice){"http://www.w3.org/2000/xmlns/", 29});
}

/* Whether the URI has another prefix here, so that prefixes would have to be remembered. */
static bool
has_other_prefix(const Parser *parser, const Declaration *one)
{
    for (int i = 0; i < parser->declaration_count; i++) {
        const Declaration *other = &parser->declarations[i];
        if (same_slice(other->uri, one->uri) && !same_slice(other->prefix, one->prefix)) {
            return true;
        }
    }
    return false;
}

static bool
declare(Parser *parser, Slice prefix, Text value)
{
    Declaration one = {prefix, value.bytes, true};
    if (!value.is_ascii || !is_plain_uri(value.bytes) || is_reserved_uri(value.bytes) || is_xml(prefix)
        || (prefix.size == 5 && memcmp(prefix.at, "xmlns", 5) == 0)) {
        return give_up(parser, BAD_NAMESPACE);
    }
    for (int i = parser->first_declaration; i < parser->declaration_count; i++) {
        if (same_slice(parser->declarations[i].prefix, prefix)) {
            return give_up(parser, BAD_NAMESPACE);
        }
    }
    const Declaration *around = declaration_of(parser, prefix, parser->first_declaration);
    one.is_new = around == NULL || !same_slice(around->uri, one.uri);
    if (parser->declaration_count == MOST_BINDINGS || has_other_prefix(parser, &one)) {
        return give_up(parser, BAD_NAMESPACE);
    }
    parser->declarations[parser->declaration_count++] = one;
    return true;
}

/* ------------------------------------------------------------------ tags */

/* A value with references or blanks other than spaces, which become spaces. */
static bool
decoded_value(Parser *parser, const char *from, char quote, Text *value)
{
    char *begin = arena_end(parser, parser->end - from);
    char *to = begin;
    if (begin == NULL) {
        return false;
    }
    for (parser->at = from; left(parser) && *parser->at != quote;) {
        char c = *parser->at;
        if (skip(parser, "&", 1)) {
            to = put_reference(parser, to);
            if (to == NULL) {
                return false;
            }
        }
        else if (is_kind(c, BLANK) || !is_kind(c, STOPS_VALUE) || c == '"' || c == '\'') {
            *to++ = is_kind(c, BLANK) ? ' ' : c;
            parser->at++;
        }
        else {
            return give_up(parser, c == '<' ? BAD_MARKUP : BAD_CHARACTER);
        }
    }
    return arena_text(parser, begin, to, value) && (skip(parser, &quote, 1) || give_up(parser, BAD_MARKUP));
}

/* Behind the name of an attribute. */
static bool
read_attribute_value(Parser *parser, Text *value)
{
    skip_blanks(parser);
    if (!skip(parser, "=", 1)) {
        return give_up(parser, BAD_MARKUP);
    }
    skip_blanks(parser);
    if (!left(parser) || (*parser->at != '"' && *parser->at != '\'')) {
        return give_up(parser, BAD_MARKUP);
    }
    char quote = *parser->at++;
    const char *from = parser->at;
    const char *at = from;
    unsigned char seen = 0;
    while (at < parser->end && !is_kind(*at, STOPS_VALUE)) {
        seen |= (unsigned char)*at++;
    }
    if (at == parser->end) {
        return give_up(parser, BAD_MARKUP);
    }
    if (*at != quote) {
        return decoded_value(parser, from, quote, value);
    }
    *value = (Text){{from, at - from}, seen < 0x80, false};
    parser->at = at + 1;
    return value->bytes.size <= LONGEST_TOKEN || give_up(parser, TOO_LARGE);
}

/* libxml2 judges xml:id, and takes white space from it. */
static bool
is_plain_id(Slice text)
{
    for (Py_ssize_t i = 0; i < text.size; i++) {
        if (!is_kind(text.at[i], i ? NAME_PART : NAME_START)) {
            return false;
        }
    }
    return text.size > 0;
}

static bool
read_attribute(Parser *parser)
{
    if (parser->attribute_count == MOST_ATTRIBUTES) {
        return give_up(parser, TOO_LARGE);
    }
    Attribute *attribute = &parser->attributes[parser->attribute_count];
    RawName *raw = &attribute->raw;
    if (!read_name(parser, raw) || !read_attribute_value(parser, &attribute->value)) {
        return false;
    }
    if (!raw->prefix.size && raw->local.size == 5 && memcmp(raw->local.at, "xmlns", 5) == 0) {
        return declare(parser, raw->prefix, attribute->value);
    }
    if (raw->prefix.size == 5 && memcmp(raw->prefix.at, "xmlns", 5) == 0) {
        return declare(parser, raw->local, attribute->value);
    }
    bool is_id = is_xml(raw->prefix) && raw->local.size == 2 && memcmp(raw->local.at, "id", 2) == 0;
    if (is_id && !is_plain_id(attribute->value.bytes)) {
        return give_up(parser, OTHER_VALUE);
    }
    parser->attribute_count++;
    return true;
}

/* Names get their namespaces when all declarations of the tag are known. */
static bool
resolve_tag(Parser *parser)
{
    if (!resolve(parser, &parser->tag_raw, false, &parser->tag)) {
        return false;
    }
    for (int i = 0; i < parser->attribute_count; i++) {
        Name *name = &parser->attributes[i].name;
        if (!resolve(parser, &parser->attributes[i].raw, true, name)) {
            return false;
        }
        for (int other = 0; other < i; other++) {
            if (same_name(&parser->attributes[other].name, name)) {
                return give_up(parser, BAD_MARKUP);
            }
        }
    }
    return true;
}

bool
read_start_tag(Parser *parser)
{
    parser->attribute_count = 0;
    parser->first_declaration = parser->declaration_count;
    if (!read_name(parser, &parser->tag_raw)) {
        return false;
    }
    for (;;) {
        Py_ssize_t blanks = skip_blanks(parser);
        if (skip(parser, ">", 1)) {
            parser->is_empty = false;
            return resolve_tag(parser);
        }
        if (skip(parser, "/>", 2)) {
            parser->is_empty = true;
            return resolve_tag(parser);
        }
        if (!blanks || !left(parser)) {
            return give_up(parser, BAD_MARKUP);
        }
        if (!read_attribute(parser)) {
            return false;
        }
    }
}

bool
read_end_tag(Parser *parser, Slice raw)
{
    if (!skip(parser, raw.at, raw.size)) {
        return give_up(parser, BAD_MARKUP);
    }
    skip_blanks(parser);
    return skip(parser, ">", 1) || give_up(parser, BAD_MARKUP);
}

/* ------------------------------------------------------------------ the document */

/* UTF-8 that is not kept with the string. */
static Reason
wide_bytes(PyObject *string, Slice *data, PyObject **held)
{
    *held = PyUnicode_AsUTF8String(string);
    if (*held == NULL) {
        Reason reason = reason_for_exception();
        return reason == ERROR_IS_SET ? reason : BAD_ENCODING;
    }
    *data = (Slice){PyBytes_AS_STRING(*held), PyBytes_GET_SIZE(*held)};
    return FINE;
}

Reason
document_bytes(PyObject *source, Slice *data, PyObject **held)
{
    *held = NULL;
    if (PyBytes_CheckExact(source)) {
        *data = (Slice){PyBytes_AS_STRING(source), PyBytes_GET_SIZE(source)};
        return FINE;
    }
    if (!PyUnicode_CheckExact(source)) {
        return BAD_SOURCE;
    }
    if (!PyUnicode_IS_COMPACT_ASCII(source)) {
        return wide_bytes(source, data, held);
    }
    *data = (Slice){(const char *)PyUnicode_1BYTE_DATA(source), PyUnicode_GET_LENGTH(source)};
    return FINE;
}

Parser *
parser_new(Engine *engine, Slice data)
{
    Parser *parser = PyMem_Malloc(sizeof(Parser));
    if (parser == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    /* All but the arrays, which their counts say to be empty. */
    parser->engine = engine;
    parser->is_collected = true;
    parser->at = data.at;
    parser->end = data.at + data.size;
    parser->depth = 0;
    parser->reason = FINE;
    parser->arena = NULL;
    parser->arena_used = 0;
    parser->declaration_count = parser->first_declaration = parser->attribute_count = 0;
    return parser;
}

void
parser_free(Parser *parser)
{
    PyMem_Free(parser->arena);
    PyMem_Free(parser);
}
