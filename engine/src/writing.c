/* From objects to text. What write functions of generated packages do with regular objects is done here; the rules are
 * those of the run time's `writer.py`. */
#include "output.h"

/* The name of an element, and what is written of it where that needs no prefix. */
typedef struct {
    const Name *name;
    Slice opening, closing;
} Tag;

static bool write_object(Writer *writer, Table *table, Tag tag, PyObject *object, int level);
static bool write_any_element(Writer *writer, PyObject *element, int level);

static Tag
tag_of(const Table *table)
{
    return (Tag){&table->tag, table->opening, table->closing};
}

static int
inner_level(int level)
{
    return level == NO_MARGIN ? NO_MARGIN : level + 1;
}

/* ------------------------------------------------------------------ namespaces */

static bool
enter_scope(Writer *writer, PyObject *prefix, PyObject *uri)
{
    if (writer->scope_count == MOST_BINDINGS) {
        return refuse(writer, BAD_NAMESPACE);
    }
    Slice bytes;
    bytes.at = PyUnicode_AsUTF8AndSize(uri, &bytes.size);
    if (bytes.at == NULL) {
        return refuse(writer, reason_for_exception());
    }
    writer->scopes[writer->scope_count++] = (Scope){Py_NewRef(prefix), Py_NewRef(uri), bytes};
    return true;
}

static void
leave_scopes(Writer *writer, int count)
{
    while (writer->scope_count > count) {
        Scope *scope = &writer->scopes[--writer->scope_count];
        Py_DECREF(scope->prefix);
        Py_DECREF(scope->uri);
    }
}

static bool
same_string(PyObject *one, PyObject *other)
{
    if (one == other || one == Py_None || other == Py_None) {
        return one == other;
    }
    return PyUnicode_Compare(one, other) == 0;
}

static bool
is_hidden(const Writer *writer, int index)
{
    for (int i = index + 1; i < writer->scope_count; i++) {
        if (same_string(writer->scopes[i].prefix, writer->scopes[index].prefix)) {
            return true;
        }
    }
    return false;
}

/* How many scopes have a prefix for a namespace. `found` is the last of them, or the one with `usual` where that is given. */
static int
scopes_for(const Writer *writer, Slice uri, PyObject *usual, bool is_attribute, int *found)
{
    int count = 0;
    for (int i = 0; i < writer->scope_count; i++) {
        const Scope *scope = &writer->scopes[i];
        if ((is_attribute && scope->prefix == Py_None) || !same_slice(scope->bytes, uri) || is_hidden(writer, i)) {
            continue;
        }
        count++;
        *found = i;
        if (usual != NULL && same_string(scope->prefix, usual)) {
            return 1;
        }
    }
    return count;
}

static bool
has_prefix_in_scope(const Writer *writer, PyObject *prefix)
{
    for (int i = 0; i < writer->scope_count; i++) {
        if (same_string(writer->scopes[i].prefix, prefix)) {
            return true;
        }
    }
    return false;
}

/* The vocabulary's prefix for a namespace; borrowed. */
static PyObject *
usual_prefix(Writer *writer, Slice uri)
{
    PyObject *key = string_from(uri);
    PyObject *prefix = key != NULL ? PyDict_GetItemWithError(writer->engine->prefixes, key) : NULL;
    Py_XDECREF(key);
    return prefix;
}

static bool
is_reserved_prefix(PyObject *prefix)
{
    return prefix != Py_None && PyUnicode_CompareWithASCIIString(prefix, "xml") == 0;
}

/* Enters the vocabulary's prefix for a namespace that has none yet. */
static bool
declare_usual(Writer *writer, Slice uri, PyObject *usual)
{
    bool is_right = usual != NULL && (usual == Py_None || PyUnicode_Check(usual));
    if (!is_right || has_prefix_in_scope(writer, usual) || is_reserved_prefix(usual)
        || (usual != Py_None && PyUnicode_CompareWithASCIIString(usual, "xmlns") == 0)) {
        return refuse(writer, BAD_NAMESPACE);
    }
    PyObject *string = string_from(uri);
    if (string == NULL) {
        return refuse(writer, ERROR_IS_SET);
    }
    bool is_done = enter_scope(writer, usual, string);
    Py_DECREF(string);
    return is_done;
}

/* How a name is written, as a prefix (None: without) and a local name. A tag may need a declaration, which is then the
 * innermost scope; an attribute that needs one is left to the pure path. */
static PyObject *
prefix_for(Writer *writer, const Name *name, bool is_attribute)
{
    if (!name->uri.size) {
        bool is_clear = is_attribute || !has_prefix_in_scope(writer, Py_None);
        return is_clear || refuse(writer, BAD_NAMESPACE) ? Py_None : NULL;
    }
    int found = -1;
    int count = scopes_for(writer, name->uri, NULL, is_attribute, &found);
    if (count == 1) {
        return writer->scopes[found].prefix;
    }
    PyObject *usual = usual_prefix(writer, name->uri);
    if (usual == NULL && PyErr_Occurred()) {
        refuse(writer, ERROR_IS_SET);
        return NULL;
    }
    if (count && scopes_for(writer, name->uri, usual, is_attribute, &found) == 1) {
        return writer->scopes[found].prefix;
    }
    if (count || is_attribute || !declare_usual(writer, name->uri, usual)) {
        refuse(writer, writer->reason == FINE ? BAD_NAMESPACE : writer->reason);
        return NULL;
    }
    return writer->scopes[writer->scope_count - 1].prefix;
}

static bool
put_name(Writer *writer, PyObject *prefix, Slice local)
{
    if (prefix != Py_None && (!put_escaped(writer, prefix, IN_ATTRIBUTE) || !put(writer, LITERAL(":")))) {
        return false;
    }
    return put(writer, local);
}

static bool
put_declaration(Writer *writer, PyObject *prefix, PyObject *uri)
{
    return put(writer, prefix == Py_None ? LITERAL(" xmlns") : LITERAL(" xmlns:"))
           && (prefix == Py_None || put_escaped(writer, prefix, IN_ATTRIBUTE)) && put(writer, LITERAL("='"))
           && put_escaped(writer, uri, IN_ATTRIBUTE) && put(writer, LITERAL("'"));
}

/* The declarations that were entered since there were `count`. */
static bool
put_declarations(Writer *writer, int count)
{
    for (int i = count; i < writer->scope_count; i++) {
        if (!put_declaration(writer, writer->scopes[i].prefix, writer->scopes[i].uri)) {
            return false;
        }
    }
    return true;
}

static bool
is_plain_name(Slice name)
{
    for (Py_ssize_t i = 0; i < name.size; i++) {
        if (!is_kind(name.at[i], i ? NAME_PART : NAME_START)) {
            return false;
        }
    }
    return name.size > 0;
}

/* Whether a declaration of an object may be written as it is. */
static bool
is_plain_declaration(PyObject *prefix, PyObject *uri)
{
    Slice bytes;
    if (!PyUnicode_CheckExact(uri) || !PyUnicode_GET_LENGTH(uri) || PyUnicode_AsUTF8AndSize(uri, &bytes.size) == NULL) {
        PyErr_Clear();
        return false;
    }
    if (prefix == Py_None) {
        return true;
    }
    bytes.at = PyUnicode_CheckExact(prefix) ? PyUnicode_AsUTF8AndSize(prefix, &bytes.size) : NULL;
    bool is_plain = bytes.at != NULL && is_plain_name(bytes) && !is_reserved_prefix(prefix)
                    && PyUnicode_CompareWithASCIIString(prefix, "xmlns") != 0;
    PyErr_Clear();
    return is_plain;
}

/* Enters the declarations of a mapping. Where `only_new`, those that hold anyway are left out. */
static bool
enter_declarations(Writer *writer, PyObject *declarations, bool only_new)
{
    if (!PyDict_CheckExact(declarations)) {
        return refuse(writer, UNUSUAL_MEMORY);
    }
    int around = writer->scope_count;
    PyObject *prefix, *uri;
    for (Py_ssize_t position = 0; PyDict_Next(declarations, &position, &prefix, &uri);) {
        bool is_new = true;
        if (!is_plain_declaration(prefix, uri)) {
            return refuse(writer, BAD_NAMESPACE);
        }
        for (int i = around - 1; only_new && i >= 0; i--) {
            if (same_string(writer->scopes[i].prefix, prefix)) {
                is_new = !same_string(writer->scopes[i].uri, uri);
                break;
            }
        }
        if (is_new && !enter_scope(writer, prefix, uri)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ attributes */

static bool
put_attribute_name(Writer *writer, const Name *name)
{
    PyObject *prefix = prefix_for(writer, name, true);
    return prefix != NULL && put(writer, LITERAL(" ")) && put_name(writer, prefix, name->local)
           && put(writer, LITERAL("='"));
}

static bool
put_open_attribute(Writer *writer, PyObject *expanded, PyObject *value)
{
    Name name;
    if (!PyUnicode_CheckExact(expanded) || name_from(expanded, &name) < 0) {
        return refuse(writer, PyErr_Occurred() ? reason_for_exception() : UNUSUAL_OBJECT);
    }
    bool is_declaration = !name.uri.size && same_slice(name.local, LITERAL("xmlns"));
    if (!is_plain_name(name.local) || is_declaration) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    return put_attribute_name(writer, &name) && put_escaped(writer, value, IN_ATTRIBUTE) && put(writer, LITERAL("'"));
}

static bool
put_open_attributes(Writer *writer, PyObject *attributes)
{
    if (attributes == NULL || !PyDict_CheckExact(attributes)) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    PyObject *name, *value;
    for (Py_ssize_t position = 0; PyDict_Next(attributes, &position, &name, &value);) {
        if (!put_open_attribute(writer, name, value)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ what is remembered */

/* What an object remembers of its document, as far as the engine knows it. Borrowed from `all`. */
typedef struct {
    PyObject *all;
    PyObject *order;
    PyObject *blank;
    PyObject *namespaces;
    PyObject *spelled_out;
    PyObject *spellings;
    Py_ssize_t respelled;       /* how many of the spellings of children were put back */
} Memory;

static bool
recall_one(const Engine *engine, PyObject *name, PyObject *value, Memory *memory)
{
    if (name == engine->order_name) {
        memory->order = value == Py_None ? NULL : value;
    }
    else if (name == engine->blank_name) {
        memory->blank = value;
    }
    else if (name == engine->namespaces_name) {
        memory->namespaces = value;
    }
    else if (name == engine->spelled_out_name) {
        memory->spelled_out = value;
    }
    else if (name == engine->spellings_name) {
        memory->spellings = value;
    }
    else {
        return false;
    }
    return true;
}

static bool
recall(Writer *writer, Table *table, PyObject *object, Memory *memory)
{
    PyObject *preserved = SLOT(object, table->preserved);
    if (preserved == Py_None) {
        return true;
    }
    if (preserved == NULL || !Py_IS_TYPE(preserved, writer->engine->preserved_type)) {
        return refuse(writer, UNUSUAL_MEMORY);
    }
    memory->all = PyObject_GenericGetDict(preserved, NULL);
    if (memory->all == NULL) {
        return refuse(writer, ERROR_IS_SET);
    }
    PyObject *name, *value;
    for (Py_ssize_t position = 0; PyDict_Next(memory->all, &position, &name, &value);) {
        if (!recall_one(writer->engine, name, value, memory)) {
            return refuse(writer, UNUSUAL_MEMORY);
        }
    }
    bool is_usual = (memory->order == NULL || PyTuple_CheckExact(memory->order))
                    && (memory->blank == NULL || PyUnicode_CheckExact(memory->blank))
                    && (memory->spelled_out == NULL || PyList_CheckExact(memory->spelled_out))
                    && (memory->spellings == NULL || PyList_CheckExact(memory->spellings));
    return is_usual || refuse(writer, UNUSUAL_MEMORY);
}

typedef enum { OF_ATTRIBUTE = 'a', OF_CHILD = 'c', OF_TEXT = 't' } SpellingKind;

/* Whether a remembered spelling is that of a part of the object, `name` NULL for its own text. -1 where it is unusual. */
static int
is_spelling_of(PyObject *spelling, SpellingKind kind, const Name *name, Py_ssize_t place)
{
    Name own;
    PyObject *what, *expanded, *usual, *written;
    Py_ssize_t index;
    if (!PyTuple_Check(spelling) || !PyArg_ParseTuple(spelling, "UUUUn", &what, &expanded, &usual, &written, &index)
        || !PyUnicode_GET_LENGTH(what) || name_from(expanded, &own) < 0) {
        PyErr_Clear();
        return -1;
    }
    return PyUnicode_READ_CHAR(what, 0) == (Py_UCS4)kind && index == place && (name == NULL || same_name(&own, name));
}

/* Replaces what was written since `from` if it is the usual text of a spelling. Returns whether it is; -1 where the
 * spelling is unusual. */
static int
put_spelling(Writer *writer, PyObject *spelling, Py_ssize_t from)
{
    Slice usual, written;
    usual.at = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(spelling, 2), &usual.size);
    written.at = usual.at != NULL ? PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(spelling, 3), &written.size) : NULL;
    if (written.at == NULL) {
        PyErr_Clear();
        return -1;
    }
    if (!same_slice(usual, (Slice){writer->bytes + from, writer->size - from})) {
        return 0;
    }
    writer->size = from;
    return put(writer, written) ? 1 : -1;
}

/* Puts back how the document spells what was written since `from`. */
static bool
respell(Writer *writer, Memory *memory, SpellingKind kind, const Name *name, Py_ssize_t place, Py_ssize_t from)
{
    if (memory->spellings == NULL) {
        return true;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(memory->spellings); i++) {
        PyObject *spelling = Py_NewRef(PyList_GET_ITEM(memory->spellings, i));
        int found = is_spelling_of(spelling, kind, name, place);
        if (found > 0) {
            found = put_spelling(writer, spelling, from);
            memory->respelled += found > 0 && kind == OF_CHILD;
        }
        Py_DECREF(spelling);
        if (found < 0) {
            return refuse(writer, UNUSUAL_MEMORY);
        }
        if (found > 0) {
            return true;
        }
    }
    return true;
}

/* Whether the children that the document spells otherwise are all where they were: others are left to the pure path, which
 * looks for them. */
static bool
has_respelled_children(Writer *writer, const Memory *memory)
{
    Py_ssize_t missing = -memory->respelled;
    for (Py_ssize_t i = 0; memory->spellings != NULL && i < PyList_GET_SIZE(memory->spellings); i++) {
        PyObject *spelling = PyList_GET_ITEM(memory->spellings, i);
        PyObject *kind = PyTuple_Check(spelling) && PyTuple_GET_SIZE(spelling) ? PyTuple_GET_ITEM(spelling, 0) : NULL;
        if (kind == NULL || !PyUnicode_Check(kind) || !PyUnicode_GET_LENGTH(kind)) {
            return refuse(writer, UNUSUAL_MEMORY);
        }
        missing += PyUnicode_READ_CHAR(kind, 0) == OF_CHILD;
    }
    return missing == 0 || refuse(writer, UNUSUAL_MEMORY);
}

/* Whether a value is left out because it is implied, and the document did not give it. -1 with an exception. */
static int
is_left_out(const ImpliedValue *implied, PyObject *object, PyObject *current, const Memory *memory)
{
    Py_INCREF(current);
    int result = implied->condition == NULL ? 1 : condition_holds(implied->condition, object);
    if (result > 0) {
        result = PyObject_RichCompareBool(current, implied->value, Py_EQ);
    }
    Py_DECREF(current);
    if (result > 0 && memory->spelled_out != NULL) {
        int is_spelled_out = PySequence_Contains(memory->spelled_out, implied->field);
        result = is_spelled_out < 0 ? -1 : !is_spelled_out;
    }
    return result;
}

static bool
put_attribute(Writer *writer, const AttributeField *field, PyObject *value, Memory *memory)
{
    Py_INCREF(value);
    bool is_done = field->opening.size ? put(writer, field->opening) : put_attribute_name(writer, &field->name);
    Py_ssize_t from = writer->size;
    is_done = is_done && put_value(writer, field->values, value, IN_ATTRIBUTE)
              && respell(writer, memory, OF_ATTRIBUTE, &field->name, 0, from) && put(writer, LITERAL("'"));
    Py_DECREF(value);
    return is_done;
}

/* The first attribute from `i` on that is not simply left out. */
static Py_ssize_t
next_attribute(const Table *table, PyObject *object, Py_ssize_t i)
{
    const Slot *slots = table->attribute_slots;
    while (i < table->attribute_count && SLOT(object, slots[i].offset) == Py_None && !slots[i].is_required) {
        i++;
    }
    return i;
}

static bool
put_attributes(Writer *writer, Table *table, PyObject *object, Memory *memory)
{
    for (Py_ssize_t i = 0; (i = next_attribute(table, object, i)) < table->attribute_count; i++) {
        PyObject *value = SLOT(object, table->attribute_slots[i].offset);
        if (value == NULL || value == Py_None) {
            return refuse(writer, UNUSUAL_OBJECT);
        }
        AttributeField *field = &table->attributes[i];
        if (field->implied >= 0) {
            int left_out = is_left_out(&table->implied[field->implied], object, value, memory);
            if (left_out < 0) {
                return refuse(writer, reason_for_exception());
            }
            if (left_out) {
                continue;
            }
            value = SLOT(object, field->offset);
        }
        if (!put_attribute(writer, field, value, memory)) {
            return false;
        }
    }
    return table->open_attributes < 0 || put_open_attributes(writer, SLOT(object, table->open_attributes));
}

/* ------------------------------------------------------------------ children */

/* "<" and the name, which are `opening` where it needs no prefix, and the declarations since there were `scope`. */
static bool
put_opening(Writer *writer, const Name *name, Slice opening, PyObject **prefix, int scope, int level)
{
    *prefix = prefix_for(writer, name, false);
    if (*prefix == NULL || !put_margin(writer, level)) {
        return false;
    }
    bool is_done = *prefix == Py_None ? put(writer, opening)
                                      : put(writer, LITERAL("<")) && put_name(writer, *prefix, name->local);
    return is_done && put_declarations(writer, scope);
}

static bool
put_closing(Writer *writer, const Name *name, Slice closing, PyObject *prefix)
{
    if (prefix == Py_None) {
        return put(writer, closing);
    }
    return put(writer, LITERAL("</")) && put_name(writer, prefix, name->local) && put(writer, LITERAL(">"));
}

/* An element without a class: nothing but text, or nothing at all where `value` is NULL. */
static bool
write_simple(Writer *writer, const ChildField *child, PyObject *value, Py_ssize_t place, Memory *memory, int level)
{
    int scope = writer->scope_count;
    PyObject *prefix;
    bool is_done = put_opening(writer, &child->name, child->opening, &prefix, scope, level) && put(writer, LITERAL(">"));
    Py_ssize_t from = writer->size;
    is_done = is_done && (value == NULL || put_value(writer, child->values, value, IN_TEXT))
              && (value == NULL || respell(writer, memory, OF_CHILD, &child->name, place, from));
    if (is_done && writer->size == from) {
        writer->size--;
        is_done = put(writer, LITERAL("/>"));
    }
    else if (is_done) {
        is_done = put_closing(writer, &child->name, child->closing, prefix);
    }
    leave_scopes(writer, scope);
    return is_done;
}

/* Whether objects of the class may stand in a content list; asked once for each. */
static bool
may_stand_in(Writer *writer, ContentList *list, PyTypeObject *type)
{
    if (PyDict_Contains(list->types, (PyObject *)type) == 1) {
        return true;
    }
    PyObject *answer = PyObject_CallFunctionObjArgs(writer->engine->allows, list->contents, (PyObject *)type, NULL);
    int allowed = answer != NULL ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    if (allowed < 0 || (allowed && PyDict_SetItem(list->types, (PyObject *)type, Py_True) < 0)) {
        return refuse(writer, ERROR_IS_SET);
    }
    return allowed || refuse(writer, UNUSUAL_OBJECT);
}

/* The table of an object's class, which may stand in the list; NULL where the writer refuses. */
static Table *
table_in_list(Writer *writer, ContentList *list, PyTypeObject *type)
{
    Member *member = &list->members[(uintptr_t)type / 16 % LATE_MEMBERS];
    if (member->type == type) {
        return member->table;
    }
    if (!may_stand_in(writer, list, type)) {
        return NULL;
    }
    Table *table = table_for(writer->engine, type);
    if (table == NULL) {
        refuse(writer, ERROR_IS_SET);
        return NULL;
    }
    *member = (Member){type, table};
    return table;
}

static bool
write_content_item(Writer *writer, ContentList *list, PyObject *item, int level)
{
    if (PyUnicode_Check(item)) {
        return list->has_text ? put_escaped(writer, item, IN_TEXT) : refuse(writer, UNUSUAL_OBJECT);
    }
    if (Py_IS_TYPE(item, writer->engine->any_type)) {
        return write_any_element(writer, item, level);
    }
    Table *table = table_in_list(writer, list, Py_TYPE(item));
    return table != NULL && write_object(writer, table, tag_of(table), item, level);
}

static bool
write_child_object(Writer *writer, Table *table, ChildField *child, PyObject *value, int level)
{
    Target *target = target_of_child(writer->engine, table, child);
    if (target == NULL) {
        return refuse(writer, ERROR_IS_SET);
    }
    Table *found = table_in_target(writer->engine, target, Py_TYPE(value), &writer->reason);
    Tag tag = {&child->name, child->opening, child->closing};
    return found != NULL && write_object(writer, found, tag, value, level);
}

/* The value is held: writing may run Python code. */
static bool
write_child(Writer *writer, Table *table, ChildField *child, PyObject *value, Py_ssize_t place, Memory *memory, int level)
{
    Py_INCREF(value);
    bool is_done = false;
    switch (child->kind) {
    case FLAG:
        is_done = write_simple(writer, child, NULL, 0, memory, level);
        break;
    case TEXT:
        is_done = write_simple(writer, child, value, place, memory, level);
        break;
    case OBJECT:
        is_done = write_child_object(writer, table, child, value, level);
        break;
    case CHOICE:
        is_done = write_content_item(writer, child->choice, value, level);
        break;
    case REST:
        is_done = table->content != NULL ? write_content_item(writer, table->content, value, level)
                                         : write_any_element(writer, value, level);
        break;
    }
    Py_DECREF(value);
    return is_done;
}

/* How many elements a field is written as; -1 where its value is unusual. */
static Py_ssize_t
parts_of(Table *table, ChildField *child, PyObject *object, const Memory *memory)
{
    PyObject *value = SLOT(object, child->offset);
    if (child->is_many) {
        return value != NULL && PyList_CheckExact(value) ? PyList_GET_SIZE(value) : -1;
    }
    if (value == NULL || (value == Py_None && child->is_required && child->kind != FLAG)) {
        return -1;
    }
    if (value == Py_None || (child->kind == FLAG && value == Py_False)) {
        return 0;
    }
    if (child->kind == FLAG && value != Py_True) {
        return -1;
    }
    if (child->implied >= 0) {
        int left_out = is_left_out(&table->implied[child->implied], object, value, memory);
        return left_out < 0 ? -1 : !left_out;
    }
    return 1;
}

static PyObject *
part_at(ChildField *child, PyObject *object, Py_ssize_t index)
{
    PyObject *value = SLOT(object, child->offset);
    if (!child->is_many) {
        return value;
    }
    return value != NULL && PyList_CheckExact(value) && index < PyList_GET_SIZE(value) ? PyList_GET_ITEM(value, index)
                                                                                       : NULL;
}

static bool
write_part(Writer *writer, Table *table, ChildField *child, PyObject *object, Py_ssize_t index, Memory *memory, int level)
{
    PyObject *value = part_at(child, object, index);
    return value != NULL ? write_child(writer, table, child, value, index, memory, level)
                         : refuse(writer, UNUSUAL_OBJECT);
}

/* The indices of fields for the names of a remembered order; a new reference to bytes. */
static PyObject *
indices_of(Writer *writer, Table *table, PyObject *order)
{
    PyObject *known = PyDict_GetItemWithError(table->indices, order);
    if (known != NULL || PyErr_Occurred()) {
        return Py_XNewRef(known);
    }
    PyObject *indices = PyBytes_FromStringAndSize(NULL, PyTuple_GET_SIZE(order));
    for (Py_ssize_t i = 0; indices != NULL && i < PyTuple_GET_SIZE(order); i++) {
        PyObject *index = PyDict_GetItemWithError(table->index_of, PyTuple_GET_ITEM(order, i));
        if (index == NULL) {
            refuse(writer, PyErr_Occurred() ? reason_for_exception() : OTHER_ORDER);
            Py_CLEAR(indices);
        }
        else {
            PyBytes_AS_STRING(indices)[i] = (char)PyLong_AsLong(index);
        }
    }
    bool is_short = indices != NULL && PyTuple_GET_SIZE(order) <= LONGEST_REMEMBERED
                    && PyDict_GET_SIZE(table->indices) < MOST_REMEMBERED;
    if (is_short && PyDict_SetItem(table->indices, order, indices) < 0) {
        Py_CLEAR(indices);
    }
    return indices;
}

/* Whether the object has exactly the children that its document had: others are put in order by the pure path. */
static bool
fits_order(Writer *writer, Table *table, const Py_ssize_t *counts, PyObject *indices)
{
    Py_ssize_t seen[MOST_CHILDREN];
    memset(seen, 0, (size_t)table->child_count * sizeof(Py_ssize_t));
    const unsigned char *index = (const unsigned char *)PyBytes_AS_STRING(indices);
    for (Py_ssize_t i = 0; i < PyBytes_GET_SIZE(indices); i++) {
        seen[index[i]]++;
    }
    bool is_same = memcmp(seen, counts, (size_t)table->child_count * sizeof(Py_ssize_t)) == 0;
    return is_same || refuse(writer, OTHER_ORDER);
}

static bool
write_in_order(Writer *writer, Table *table, PyObject *object, const Py_ssize_t *counts, Memory *memory, int level)
{
    PyObject *indices = indices_of(writer, table, memory->order);
    if (indices == NULL) {
        return refuse(writer, writer->reason == FINE ? ERROR_IS_SET : writer->reason);
    }
    bool is_done = fits_order(writer, table, counts, indices);
    Py_ssize_t done[MOST_CHILDREN];
    memset(done, 0, (size_t)table->child_count * sizeof(Py_ssize_t));
    for (Py_ssize_t i = 0; is_done && i < PyBytes_GET_SIZE(indices); i++) {
        int index = (unsigned char)PyBytes_AS_STRING(indices)[i];
        is_done = write_part(writer, table, &table->children[index], object, done[index]++, memory, level);
    }
    Py_DECREF(indices);
    return is_done;
}

/* Counts the parts of all fields; -1 where the writer refuses. */
static Py_ssize_t
count_parts(Writer *writer, Table *table, PyObject *object, const Memory *memory, Py_ssize_t *counts)
{
    Py_ssize_t all = 0;
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        counts[i] = parts_of(table, &table->children[i], object, memory);
        if (counts[i] < 0) {
            refuse(writer, PyErr_Occurred() ? reason_for_exception() : UNUSUAL_OBJECT);
            return -1;
        }
        all += counts[i];
    }
    return all;
}

static bool
is_absent(const Slot *slot, PyObject *value)
{
    if (slot->is_many) {
        return value != NULL && PyList_CheckExact(value) && !PyList_GET_SIZE(value);
    }
    return slot->kind == FLAG ? value == Py_False : value == Py_None && !slot->is_required;
}

static Py_ssize_t
write_in_turn(Writer *writer, Table *table, PyObject *object, Memory *memory, int level)
{
    Py_ssize_t all = 0;
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        if (is_absent(&table->slots[i], SLOT(object, table->slots[i].offset))) {
            continue;
        }
        Py_ssize_t count = parts_of(table, &table->children[i], object, memory);
        if (count < 0) {
            refuse(writer, PyErr_Occurred() ? reason_for_exception() : UNUSUAL_OBJECT);
            return -1;
        }
        for (Py_ssize_t part = 0; part < count; part++) {
            if (!write_part(writer, table, &table->children[i], object, part, memory, level)) {
                return -1;
            }
        }
        all += count;
    }
    return all;
}

/* Returns how many children there are; -1 where the writer refuses. */
static Py_ssize_t
write_children(Writer *writer, Table *table, PyObject *object, Memory *memory, int level)
{
    Py_ssize_t all;
    if (memory->order == NULL) {
        all = write_in_turn(writer, table, object, memory, level);
    }
    else {
        Py_ssize_t counts[MOST_CHILDREN];
        all = count_parts(writer, table, object, memory, counts);
        if (all >= 0 && !write_in_order(writer, table, object, counts, memory, level)) {
            all = -1;
        }
    }
    if (all >= 0 && !has_respelled_children(writer, memory)) {
        return -1;
    }
    if (table->order == SEVERAL_ORDERS && all > 1) {
        /* A remembered order that does not fit the children is not written here. */
        Doubt doubt = memory->order == NULL ? DOUBTFUL : DOUBTFUL_AS_READ;
        writer->doubt = doubt > writer->doubt ? doubt : writer->doubt;
    }
    return all;
}

/* ------------------------------------------------------------------ elements */

static bool
put_own_text(Writer *writer, Table *table, PyObject *object, Memory *memory)
{
    PyObject *value = table->text >= 0 ? SLOT(object, table->text) : Py_None;
    if (value == Py_None) {
        return table->text < 0 || table->is_text_optional || refuse(writer, UNUSUAL_OBJECT);
    }
    if (value == NULL) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    Py_INCREF(value);
    Py_ssize_t from = writer->size;
    bool is_done = put_value(writer, table->text_values, value, IN_TEXT) && respell(writer, memory, OF_TEXT, NULL, 0, from);
    Py_DECREF(value);
    return is_done;
}

/* Between the tags, behind ">", which goes where there is nothing. Returns whether there is something. */
static bool
write_inside(Writer *writer, Table *table, PyObject *object, Memory *memory, int level, bool *is_empty)
{
    bool is_mixed = table->content != NULL && table->content->has_text;
    Py_ssize_t from = writer->size;
    if (!put_own_text(writer, table, object, memory)) {
        return false;
    }
    Py_ssize_t behind_text = writer->size;
    bool is_layout = is_blank((Slice){writer->bytes + from, behind_text - from});
    Py_ssize_t children = write_children(writer, table, object, memory, is_mixed ? NO_MARGIN : inner_level(level));
    if (children < 0) {
        return false;
    }
    *is_empty = false;
    if (children && is_layout && behind_text > from) {
        memmove(writer->bytes + from, writer->bytes + behind_text, (size_t)(writer->size - behind_text));
        writer->size -= behind_text - from;
    }
    if (children) {
        return is_mixed || !is_layout || put_margin(writer, level);
    }
    if (behind_text == from && memory->blank != NULL && !is_mixed) {
        Slice blank;
        blank.at = PyUnicode_AsUTF8AndSize(memory->blank, &blank.size);
        bool is_right = blank.at != NULL && is_blank(blank);
        PyErr_Clear();
        *is_empty = is_right && !blank.size;
        return is_right ? put(writer, blank) : refuse(writer, UNUSUAL_MEMORY);
    }
    *is_empty = behind_text == from;
    return true;
}

static bool
write_element(Writer *writer, Table *table, Tag tag, PyObject *object, Memory *memory, int level)
{
    int scope = writer->scope_count;
    if (memory->namespaces != NULL && !enter_declarations(writer, memory->namespaces, false)) {
        return false;
    }
    PyObject *prefix;
    bool is_empty;
    if (!put_opening(writer, tag.name, tag.opening, &prefix, scope, level)
        || !put_attributes(writer, table, object, memory) || !put(writer, LITERAL(">"))
        || !write_inside(writer, table, object, memory, level, &is_empty)) {
        return false;
    }
    if (is_empty) {
        writer->size--;
        return put(writer, LITERAL("/>"));
    }
    return put_closing(writer, tag.name, tag.closing, prefix);
}

/* The field tells the name of an element, else the class. */
static bool
write_object(Writer *writer, Table *table, Tag tag, PyObject *object, int level)
{
    if (!table->is_usual || !Py_IS_TYPE(object, table->type)) {
        return refuse(writer, UNUSUAL_CLASS);
    }
    if (++writer->depth > DEEPEST) {
        return refuse(writer, TOO_DEEP);
    }
    Memory memory = {0};
    int scope = writer->scope_count;
    bool is_done = recall(writer, table, object, &memory)
                   && write_element(writer, table, tag, object, &memory, level);
    leave_scopes(writer, scope);
    Py_XDECREF(memory.all);
    writer->depth--;
    return is_done;
}

/* ------------------------------------------------------------------ open content */

static bool
write_any_content(Writer *writer, PyObject *content)
{
    if (content == NULL || !PyList_CheckExact(content)) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(content); i++) {
        PyObject *part = Py_NewRef(PyList_GET_ITEM(content, i));
        bool is_done = PyUnicode_Check(part) ? put_escaped(writer, part, IN_TEXT)
                                             : write_any_element(writer, part, NO_MARGIN);
        Py_DECREF(part);
        if (!is_done) {
            return false;
        }
    }
    return true;
}

static bool
write_any(Writer *writer, PyObject *element, const Name *name, int level)
{
    Engine *engine = writer->engine;
    int scope = writer->scope_count;
    if (SLOT(element, engine->any_written) != NULL) {
        return refuse(writer, UNUSUAL_MEMORY);
    }
    PyObject *prefixes = SLOT(element, engine->any_prefixes);
    if (prefixes == NULL || !enter_declarations(writer, prefixes, true)) {
        return refuse(writer, writer->reason == FINE ? UNUSUAL_OBJECT : writer->reason);
    }
    PyObject *prefix = prefix_for(writer, name, false);
    if (prefix == NULL || !put_margin(writer, level) || !put(writer, LITERAL("<"))
        || !put_name(writer, prefix, name->local) || !put_declarations(writer, scope)
        || !put_open_attributes(writer, SLOT(element, engine->any_attributes)) || !put(writer, LITERAL(">"))) {
        return false;
    }
    Py_ssize_t from = writer->size;
    if (!write_any_content(writer, SLOT(element, engine->any_content))) {
        return false;
    }
    if (writer->size == from) {
        writer->size--;
        return put(writer, LITERAL("/>"));
    }
    return put(writer, LITERAL("</")) && put_name(writer, prefix, name->local) && put(writer, LITERAL(">"));
}

static bool
write_any_element(Writer *writer, PyObject *element, int level)
{
    if (!Py_IS_TYPE(element, writer->engine->any_type) || ++writer->depth > DEEPEST) {
        return refuse(writer, UNUSUAL_OBJECT);
    }
    int scope = writer->scope_count;
    PyObject *expanded = SLOT(element, writer->engine->any_name);
    Name name;
    bool is_done = expanded != NULL && PyUnicode_CheckExact(expanded) && name_from(expanded, &name) == 0;
    if (!is_done || !is_plain_name(name.local)) {
        return refuse(writer, PyErr_Occurred() ? reason_for_exception() : UNUSUAL_OBJECT);
    }
    Py_INCREF(expanded);
    is_done = write_any(writer, element, &name, level);
    Py_DECREF(expanded);
    leave_scopes(writer, scope);
    writer->depth--;
    return is_done;
}

/* ------------------------------------------------------------------ the document */

static PyObject *
text_of(const Writer *writer, bool is_indented)
{
    Slice text = {writer->bytes, writer->size};
    if (is_indented) {
        text.at++;
        text.size--;
    }
    return string_of((Text){text, is_ascii(text), false});
}

/* The text of an object, `step` spaces for each level, or on one line where it is negative; NULL with the reason. */
PyObject *
format_object(Engine *engine, PyObject *object, int step, int *doubt, Reason *reason)
{
    Writer *writer = PyMem_Malloc(sizeof(Writer));
    PyObject *text = NULL;
    *reason = ERROR_IS_SET;
    if (writer == NULL) {
        PyErr_NoMemory();
    }
    else {
        /* All but the array, which its count says to be empty. */
        writer->engine = engine;
        writer->bytes = NULL;
        writer->size = writer->capacity = 0;
        writer->step = step < 0 ? 0 : step;
        writer->depth = writer->scope_count = 0;
        writer->doubt = NO_DOUBT;
        writer->reason = FINE;
        Table *table = table_for(engine, Py_TYPE(object));
        bool is_done = table != NULL && enter_scope(writer, engine->xml_prefix, engine->xml_uri)
                       && write_object(writer, table, tag_of(table), object, step < 0 ? NO_MARGIN : 0)
                       && (step < 0 || put(writer, LITERAL("\n")));
        *reason = table == NULL ? ERROR_IS_SET : writer->reason;
        text = is_done ? text_of(writer, step >= 0) : NULL;
        *doubt = writer->doubt;
        if (is_done && text == NULL) {
            *reason = ERROR_IS_SET;
        }
        leave_scopes(writer, 0);
        PyMem_Free(writer->bytes);
    }
    PyMem_Free(writer);
    return text;
}
