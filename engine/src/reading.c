/* From tags and texts to objects. What read functions of generated packages do with a regular document is done here; the
 * names of fields and the rules are those of the run time's `fields.py` and `reader.py`. */
#include "tokenizer.h"

enum { FEW_CHILDREN = 128 };

static PyObject *read_object(Parser *parser, Table *table);
static PyObject *read_any_element(Parser *parser);

static bool
failed(Parser *parser)
{
    parser->reason = ERROR_IS_SET;
    return false;
}

/* Sets a slot; takes the reference. */
static bool
store(Parser *parser, PyObject *object, Py_ssize_t offset, PyObject *value)
{
    if (value == NULL) {
        if (parser->reason == FINE) {
            parser->reason = ERROR_IS_SET;
        }
        return false;
    }
    Py_XSETREF(SLOT(object, offset), value);
    return true;
}

/* Appends to the list in a slot; takes the reference. No item means that there is a reason. */
static bool
append(Parser *parser, PyObject *object, Py_ssize_t offset, PyObject *item)
{
    if (item == NULL) {
        return give_up(parser, parser->reason == FINE ? ERROR_IS_SET : parser->reason);
    }
    int result = PyList_Append(SLOT(object, offset), item);
    Py_DECREF(item);
    return result == 0 || failed(parser);
}

/* What was made for the document. The collector of garbage looks for rings of objects, and a document is none: see the
 * README. */
static PyObject *
made(const Parser *parser, PyObject *object)
{
    if (object != NULL && !parser->is_collected) {
        PyObject_GC_UnTrack(object);
    }
    else if (object != NULL && !PyObject_GC_IsTracked(object)) {
        PyObject_GC_Track(object);
    }
    return object;
}

/* An object of a class with slots, which are still to be filled, all of them. */
static PyObject *
bare_object(PyTypeObject *type)
{
    return (PyObject *)PyObject_GC_New(PyObject, type);
}

/* Fills the slots as they begin. The image has no references of its own: they are taken here, all of one object at once. */
static void
copy_image(const Table *table, PyObject *object)
{
    memcpy(&SLOT(object, HEAD), table->image, (size_t)table->slot_count * sizeof(PyObject *));
    for (Py_ssize_t i = 0; i < table->shared_count; i++) {
        const SharedValue *shared = &table->shared[i];
        for (Py_ssize_t count = 0; count < shared->count; count++) {
            Py_INCREF(shared->value);
        }
    }
}

static PyObject *
new_object(Parser *parser, Table *table)
{
    PyObject *object = bare_object(table->type);
    if (object != NULL) {
        copy_image(table, object);
    }
    for (Py_ssize_t i = 0; object != NULL && i < table->fresh_count; i++) {
        InitialValue *initial = &table->initial[i];
        PyObject *value = initial->is_dict ? PyDict_New() : made(parser, PyList_New(0));
        SLOT(object, initial->offset) = value;
        if (value == NULL) {
            Py_CLEAR(object);
        }
    }
    if (object == NULL) {
        failed(parser);
    }
    return made(parser, object);
}

/* ------------------------------------------------------------------ what is remembered */

/* The `Preserved` of an object, which it has from now on; borrowed. */
static PyObject *
preserved_of(Parser *parser, Table *table, PyObject *object)
{
    if (SLOT(object, table->preserved) == Py_None) {
        PyObject *preserved = PyObject_CallNoArgs((PyObject *)parser->engine->preserved_type);
        if (!store(parser, object, table->preserved, made(parser, preserved))) {
            return NULL;
        }
    }
    return SLOT(object, table->preserved);
}

/* Takes the reference to the value. */
static bool
remember(Parser *parser, Table *table, PyObject *object, PyObject *name, PyObject *value)
{
    PyObject *preserved = value != NULL ? preserved_of(parser, table, object) : NULL;
    int result = preserved != NULL ? PyObject_SetAttr(preserved, name, value) : -1;
    Py_XDECREF(value);
    return result == 0 || failed(parser);
}

/* Appends to one of the lists that are remembered. Takes the reference. */
static bool
remember_item(Parser *parser, Table *table, PyObject *object, PyObject *name, PyObject *item)
{
    PyObject *preserved = item != NULL ? preserved_of(parser, table, object) : NULL;
    PyObject *items = preserved != NULL ? PyObject_GetAttr(preserved, name) : NULL;
    bool is_there = items != NULL && PyList_CheckExact(items);
    if (items != NULL && !is_there) {
        Py_SETREF(items, PyList_New(0));
    }
    bool is_done = items != NULL && PyList_Append(items, item) == 0
                   && (is_there || PyObject_SetAttr(preserved, name, items) == 0);
    Py_XDECREF(items);
    Py_XDECREF(item);
    return is_done || failed(parser);
}

static bool
remember_spelled_out(Parser *parser, Table *table, PyObject *object, PyObject *field)
{
    return remember_item(parser, table, object, parser->engine->spelled_out_name, Py_NewRef(field));
}

/* Takes the reference to `usual`, of which there is none where the text is as it is usually written. */
static bool
remember_spelling(Parser *parser, Table *table, PyObject *object, const char *kind, const Name *name, PyObject *usual,
                  Text text, Py_ssize_t place)
{
    if (usual == NULL) {
        return true;
    }
    PyObject *expanded = name != NULL ? expanded_name(name) : PyUnicode_FromString("");
    PyObject *written = expanded != NULL ? string_of(text) : NULL;
    PyObject *spelling = written != NULL ? PyObject_CallFunction(parser->engine->spelling, "sOOOn", kind, expanded, usual,
                                                                 written, place)
                                         : NULL;
    Py_DECREF(usual);
    Py_XDECREF(expanded);
    Py_XDECREF(written);
    return remember_item(parser, table, object, parser->engine->spellings_name, spelling);
}

/* The namespace declarations of the current tag, from prefixes to URIs; the default one has None. */
static PyObject *
declared(Parser *parser)
{
    PyObject *result = PyDict_New();
    for (int i = parser->first_declaration; result != NULL && i < parser->declaration_count; i++) {
        Declaration *one = &parser->declarations[i];
        if (!one->is_new) {
            continue;
        }
        PyObject *prefix = one->prefix.size ? string_from(one->prefix) : Py_NewRef(Py_None);
        PyObject *uri = string_from(one->uri);
        if (prefix == NULL || uri == NULL || PyDict_SetItem(result, prefix, uri) < 0) {
            Py_CLEAR(result);
        }
        Py_XDECREF(prefix);
        Py_XDECREF(uri);
    }
    if (result == NULL) {
        failed(parser);
    }
    return result;
}

static bool
remember_declarations(Parser *parser, Table *table, PyObject *object)
{
    if (parser->first_declaration == parser->declaration_count) {
        return true;
    }
    PyObject *found = declared(parser);
    if (found != NULL && !PyDict_GET_SIZE(found)) {
        Py_DECREF(found);
        return true;
    }
    return remember(parser, table, object, parser->engine->namespaces_name, found);
}

/* ------------------------------------------------------------------ names that the schema leaves open */

/* Whether `names` has the name; asked once for each. -1 with an exception. */
static int
is_among(NameTable *known, PyObject *names, const Name *name)
{
    int found = names_find(known, name);
    if (found >= 0) {
        return found;
    }
    PyObject *expanded = expanded_name(name);
    int result = expanded != NULL ? PySequence_Contains(names, expanded) : -1;
    Py_XDECREF(expanded);
    if (result >= 0 && known->used < MOST_REMEMBERED && names_add(known, name, result) < 0) {
        return -1;
    }
    return result;
}

static bool
is_open(Parser *parser, NameTable *known, PyObject *names, const Name *name, Reason otherwise)
{
    int found = names == NULL ? 0 : is_among(known, names, name);
    if (found < 0) {
        return failed(parser);
    }
    return found > 0 || give_up(parser, otherwise);
}

/* ------------------------------------------------------------------ attributes */

static bool
put_attribute(Parser *parser, PyObject *attributes, const Attribute *attribute)
{
    PyObject *name = expanded_name(&attribute->name);
    PyObject *value = string_of(attribute->value);
    bool is_done = name != NULL && value != NULL && PyDict_SetItem(attributes, name, value) == 0;
    Py_XDECREF(name);
    Py_XDECREF(value);
    return is_done || failed(parser);
}

static bool
read_attribute_field(Parser *parser, Table *table, PyObject *object, AttributeField *field, const Attribute *attribute)
{
    Reading reading;
    return read_value(parser->engine, field->values, attribute->value, &reading, &parser->reason)
           && store(parser, object, field->offset, reading.value)
           && remember_spelling(parser, table, object, "attribute", &attribute->name, reading.usual, attribute->value, 0);
}

static bool
read_attributes(Parser *parser, Table *table, PyObject *object)
{
    for (int i = 0; i < parser->attribute_count; i++) {
        const Attribute *attribute = &parser->attributes[i];
        int index = names_find(&table->attribute_names, &attribute->name);
        if (index >= 0) {
            AttributeField *field = &table->attributes[index];
            if (!read_attribute_field(parser, table, object, field, attribute)) {
                return false;
            }
        }
        else if (!is_open(parser, &table->known_open_attributes, table->open_attribute_names, &attribute->name,
                          UNKNOWN_ATTRIBUTE)
                 || !put_attribute(parser, SLOT(object, table->open_attributes), attribute)) {
            return false;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ targets */

/* For the current tag: the index of the class. -1 where the deciding attribute is unusual. */
static int
member_for_tag(Parser *parser, const Target *target)
{
    if (!target->is_union) {
        return 0;
    }
    for (int i = 0; i < parser->attribute_count; i++) {
        if (same_name(&parser->attributes[i].name, &target->attribute)) {
            Slice value = parser->attributes[i].value.bytes;
            Name token = {.local = value, .uri = {value.at, 0}, .hash = hash_of(value)};
            return names_find(&target->members, &token);
        }
    }
    return target->without;
}

/* An object of one of the target's classes, from the current tag on. */
static PyObject *
read_target(Parser *parser, Target *target)
{
    int index = member_for_tag(parser, target);
    if (index < 0) {
        give_up(parser, UNKNOWN_VARIANT);
        return NULL;
    }
    Table *table = member_table(parser->engine, target, index);
    if (table == NULL) {
        failed(parser);
        return NULL;
    }
    return read_object(parser, table);
}

/* ------------------------------------------------------------------ children without a class */

static bool
has_nothing_in_tag(Parser *parser)
{
    bool has_attributes = parser->attribute_count || parser->first_declaration != parser->declaration_count;
    return !has_attributes || give_up(parser, UNKNOWN_ATTRIBUTE);
}

/* The text of an element that has nothing else, with its end tag. */
static bool
read_only_text(Parser *parser, Text *text)
{
    *text = (Text){{"", 0}, true, true};
    if (!has_nothing_in_tag(parser)) {
        return false;
    }
    if (parser->is_empty) {
        return true;
    }
    Slice raw = parser->tag_raw.whole;
    if (!read_text(parser, text)) {
        return false;
    }
    if (!at_end_tag(parser)) {
        return give_up(parser, UNKNOWN_CHILD);
    }
    parser->at += 2;
    return read_end_tag(parser, raw);
}

static PyObject *
read_flag(Parser *parser)
{
    Text text;
    if (!read_only_text(parser, &text)) {
        return NULL;
    }
    if (text.bytes.size) {
        give_up(parser, STRAY_TEXT);
        return NULL;
    }
    return Py_NewRef(Py_True);
}

/* ------------------------------------------------------------------ open content */

static bool
append_text(Parser *parser, PyObject *content, Text text)
{
    if (!text.bytes.size) {
        return true;
    }
    PyObject *string = string_of(text);
    bool is_done = string != NULL && PyList_Append(content, string) == 0;
    Py_XDECREF(string);
    return is_done || failed(parser);
}

/* Everything up to the end tag, which is read, too. */
static bool
read_any_content(Parser *parser, PyObject *content, Slice raw)
{
    for (;;) {
        Text text;
        if (!read_text(parser, &text) || !append_text(parser, content, text)) {
            return false;
        }
        if (at_end_tag(parser)) {
            parser->at += 2;
            return read_end_tag(parser, raw);
        }
        parser->at++;
        int scope = parser->declaration_count;
        PyObject *child = read_start_tag(parser) ? read_any_element(parser) : NULL;
        parser->declaration_count = scope;
        if (child == NULL) {
            return false;
        }
        int result = PyList_Append(content, child);
        Py_DECREF(child);
        if (result < 0) {
            return failed(parser);
        }
    }
}

static PyObject *
new_any_element(Parser *parser)
{
    Engine *engine = parser->engine;
    PyObject *element = bare_object(engine->any_type);
    if (element == NULL) {
        failed(parser);
        return NULL;
    }
    memset(&SLOT(element, HEAD), 0, (size_t)(engine->any_type->tp_basicsize - HEAD));
    bool is_done = store(parser, element, engine->any_name, expanded_name(&parser->tag))
                   && store(parser, element, engine->any_attributes, PyDict_New())
                   && store(parser, element, engine->any_content, made(parser, PyList_New(0)))
                   && store(parser, element, engine->any_prefixes, declared(parser));
    for (int i = 0; is_done && i < parser->attribute_count; i++) {
        is_done = put_attribute(parser, SLOT(element, engine->any_attributes), &parser->attributes[i]);
    }
    if (!is_done) {
        Py_CLEAR(element);
    }
    return made(parser, element);
}

/* From the current tag on. */
static PyObject *
read_any_element(Parser *parser)
{
    if (++parser->depth > DEEPEST) {
        give_up(parser, TOO_DEEP);
        return NULL;
    }
    Slice raw = parser->tag_raw.whole;
    bool is_empty = parser->is_empty;
    PyObject *element = new_any_element(parser);
    if (element != NULL && !is_empty && !read_any_content(parser, SLOT(element, parser->engine->any_content), raw)) {
        Py_CLEAR(element);
    }
    parser->depth--;
    return element;
}

/* ------------------------------------------------------------------ content lists */

/* Its number in the list; -1 with an exception. */
static int
add_target(ContentList *list, Target *target)
{
    Target **targets = target != NULL ? one_longer(list->targets, list->count) : NULL;
    if (targets == NULL) {
        return -1;
    }
    list->targets = targets;
    list->targets[list->count++] = target;
    return (int)list->count - 1;
}

/* What a name means in a content list, as `resolve_content` says: classes, True for open content, None for neither. */
static int
ask_for_content(Parser *parser, ContentList *list, const Name *name)
{
    PyObject *expanded = expanded_name(name);
    PyObject *found = expanded != NULL ? PyObject_CallFunctionObjArgs(parser->engine->resolve_content, list->contents,
                                                                      expanded, NULL)
                                       : NULL;
    Py_XDECREF(expanded);
    if (found == NULL) {
        return -1;
    }
    int meaning = found == Py_True ? OPEN_NAME : NO_NAME;
    if (PyTuple_Check(found)) {
        meaning = add_target(list, target_for(parser->engine, found));
    }
    Py_DECREF(found);
    return meaning;
}

static int
meaning_in_content(Parser *parser, ContentList *list, const Name *name)
{
    int meaning = names_find(&list->names, name);
    if (meaning >= 0) {
        return meaning;
    }
    meaning = ask_for_content(parser, list, name);
    bool is_kept = meaning < OPEN_NAME || list->names.used < MOST_REMEMBERED;
    if (meaning >= 0 && is_kept && names_add(&list->names, name, meaning) < 0) {
        return -1;
    }
    return meaning;
}

/* From the current tag on. */
static PyObject *
read_content_item(Parser *parser, ContentList *list)
{
    int meaning = meaning_in_content(parser, list, &parser->tag);
    if (meaning < 0) {
        failed(parser);
        return NULL;
    }
    if (meaning == OPEN_NAME) {
        return read_any_element(parser);
    }
    if (meaning == NO_NAME) {
        give_up(parser, UNKNOWN_CHILD);
        return NULL;
    }
    return read_target(parser, list->targets[meaning]);
}

/* ------------------------------------------------------------------ children */

/* The order of an object's children, as indices of fields. */
typedef struct {
    unsigned char few[FEW_CHILDREN];
    unsigned char *indices;
    Py_ssize_t count;
    Py_ssize_t capacity;
    bool is_usual;
} Order;

static bool
order_add(Parser *parser, Order *order, int index)
{
    if (order->count == order->capacity) {
        unsigned char *old = order->indices == order->few ? NULL : order->indices;
        unsigned char *larger = PyMem_Realloc(old, (size_t)order->capacity * 2);
        if (larger == NULL) {
            PyErr_NoMemory();
            return failed(parser);
        }
        if (old == NULL) {
            memcpy(larger, order->few, FEW_CHILDREN);
        }
        order->indices = larger;
        order->capacity *= 2;
    }
    order->is_usual = order->is_usual && (!order->count || order->indices[order->count - 1] <= index);
    order->indices[order->count++] = (unsigned char)index;
    return true;
}

static void
order_free(Order *order)
{
    if (order->indices != order->few) {
        PyMem_Free(order->indices);
    }
}

static PyObject *
names_of_order(const Table *table, const Order *order)
{
    PyObject *names = PyTuple_New(order->count);
    for (Py_ssize_t i = 0; names != NULL && i < order->count; i++) {
        PyTuple_SET_ITEM(names, i, Py_NewRef(table->children[order->indices[i]].py_name));
    }
    return names;
}

/* Equal orders of one class are one tuple, as long as they are short. */
static PyObject *
shared_order(const Table *table, const Order *order)
{
    if (order->count > LONGEST_REMEMBERED || PyDict_GET_SIZE(table->orders) >= MOST_REMEMBERED) {
        return names_of_order(table, order);
    }
    PyObject *key = PyBytes_FromStringAndSize((const char *)order->indices, order->count);
    if (key == NULL) {
        return NULL;
    }
    PyObject *names = Py_XNewRef(PyDict_GetItemWithError(table->orders, key));
    if (names == NULL && !PyErr_Occurred()) {
        names = names_of_order(table, order);
        if (names != NULL
            && (PyDict_SetItem(table->orders, key, names) < 0 || PyDict_SetItem(table->indices, names, key) < 0)) {
            Py_CLEAR(names);
        }
    }
    Py_DECREF(key);
    return names;
}

static bool
remember_order(Parser *parser, Table *table, PyObject *object, const Order *order)
{
    bool matters = order->count > 1 && table->child_count > 1;
    if (!matters || (order->is_usual && table->order != SEVERAL_ORDERS)) {
        return true;
    }
    return remember(parser, table, object, parser->engine->order_name, shared_order(table, order));
}

static bool
is_free(const ChildField *child, PyObject *current, const Engine *engine)
{
    return child->is_many || (child->kind == FLAG ? current != Py_True
                                                  : current == Py_None || current == engine->missing);
}

static PyObject *
read_child_value(Parser *parser, Table *table, ChildField *child)
{
    Target *target;
    switch (child->kind) {
    case FLAG:
        return read_flag(parser);
    case OBJECT:
        target = target_of_child(parser->engine, table, child);
        if (target == NULL) {
            failed(parser);
            return NULL;
        }
        return read_target(parser, target);
    case CHOICE:
        return read_content_item(parser, child->choice);
    case TEXT:
    case REST:
        break;
    }
    return table->content != NULL ? read_content_item(parser, table->content) : read_any_element(parser);
}

/* Takes the reference. */
static bool
put_child(Parser *parser, PyObject *object, ChildField *child, PyObject *value)
{
    return child->is_many ? append(parser, object, child->offset, value) : store(parser, object, child->offset, value);
}

static bool
read_text_child(Parser *parser, Table *table, PyObject *object, ChildField *child)
{
    Text text;
    Reading reading;
    Py_ssize_t place = child->is_many ? PyList_GET_SIZE(SLOT(object, child->offset)) : 0;
    return read_only_text(parser, &text) && read_value(parser->engine, child->values, text, &reading, &parser->reason)
           && put_child(parser, object, child, reading.value)
           && remember_spelling(parser, table, object, "child", &child->name, reading.usual, text, place);
}

/* The field for the current tag; -1 where there is none. */
static int
field_for_tag(Parser *parser, Table *table, PyObject *object)
{
    int index = names_find(&table->child_names, &parser->tag);
    if (index >= 0 && is_free(&table->children[index], SLOT(object, table->children[index].offset), parser->engine)) {
        return index;
    }
    if (table->rest < 0) {
        give_up(parser, UNKNOWN_CHILD);
        return -1;
    }
    bool is_right = table->content != NULL
                    || is_open(parser, &table->known_open, table->open_names, &parser->tag, UNKNOWN_CHILD);
    return is_right ? table->rest : -1;
}

/* Behind "<". */
static bool
read_child(Parser *parser, Table *table, PyObject *object, Order *order)
{
    int scope = parser->declaration_count;
    int index = read_start_tag(parser) ? field_for_tag(parser, table, object) : -1;
    bool is_done = false;
    if (index >= 0) {
        ChildField *child = &table->children[index];
        is_done = child->kind == TEXT
                      ? read_text_child(parser, table, object, child)
                      : put_child(parser, object, child, read_child_value(parser, table, child));
    }
    parser->declaration_count = scope;
    return is_done && order_add(parser, order, index);
}

/* ------------------------------------------------------------------ the inside of an element */

static bool
remember_blank(Parser *parser, Table *table, PyObject *object, Text text)
{
    if (!text.is_blank) {
        return give_up(parser, STRAY_TEXT);
    }
    if (!text.bytes.size) {
        return true;
    }
    return remember(parser, table, object, parser->engine->blank_name, string_of(text));
}

static bool
store_text(Parser *parser, Table *table, PyObject *object, Text text)
{
    Reading reading;
    return read_value(parser->engine, table->text_values, text, &reading, &parser->reason)
           && store(parser, object, table->text, reading.value)
           && remember_spelling(parser, table, object, "text", NULL, reading.usual, text, 0);
}

static Text
stripped(Text text)
{
    while (text.bytes.size && is_blank((Slice){text.bytes.at, 1})) {
        text.bytes.at++;
        text.bytes.size--;
    }
    while (text.bytes.size && is_blank((Slice){text.bytes.at + text.bytes.size - 1, 1})) {
        text.bytes.size--;
    }
    return text;
}

/* The text in front of the first child, or of an element without any. */
static bool
store_leading(Parser *parser, Table *table, PyObject *object, Text text, bool has_children)
{
    if (table->text < 0) {
        return has_children ? text.is_blank || give_up(parser, STRAY_TEXT)
                            : remember_blank(parser, table, object, text);
    }
    if (has_children) {
        text = stripped(text);
    }
    bool is_always_there = !table->child_count && (table->text_values == NULL || !table->is_text_optional);
    return (!text.bytes.size && !is_always_there) || store_text(parser, table, object, text);
}

/* Everything up to the end tag, which is read, too. */
static bool
read_children(Parser *parser, Table *table, PyObject *object, Slice raw, Order *order)
{
    Text text;
    if (!read_text(parser, &text) || !store_leading(parser, table, object, text, !at_end_tag(parser))) {
        return false;
    }
    while (!at_end_tag(parser)) {
        parser->at++;
        if (!read_child(parser, table, object, order) || !read_text(parser, &text)) {
            return false;
        }
        if (!text.is_blank) {
            return give_up(parser, STRAY_TEXT);
        }
    }
    parser->at += 2;
    return read_end_tag(parser, raw);
}

/* An element that has nothing but a content list. */
static bool
read_content(Parser *parser, Table *table, PyObject *object, Slice raw, Order *order)
{
    PyObject *content = SLOT(object, table->children[table->rest].offset);
    for (bool is_first = true;; is_first = false) {
        Text text;
        if (!read_text(parser, &text)) {
            return false;
        }
        bool is_leaf = is_first && at_end_tag(parser);
        bool is_done = table->content->has_text ? append_text(parser, content, text)
                       : is_leaf                ? remember_blank(parser, table, object, text)
                                 : text.is_blank || give_up(parser, STRAY_TEXT);
        if (!is_done) {
            return false;
        }
        if (at_end_tag(parser)) {
            parser->at += 2;
            return read_end_tag(parser, raw);
        }
        parser->at++;
        if (!read_child(parser, table, object, order)) {
            return false;
        }
    }
}

static bool
read_inside(Parser *parser, Table *table, PyObject *object, Slice raw)
{
    Order order = {.capacity = FEW_CHILDREN, .is_usual = true};
    order.indices = order.few;
    bool is_done = table->is_content_only ? read_content(parser, table, object, raw, &order)
                                          : read_children(parser, table, object, raw, &order);
    is_done = is_done && remember_order(parser, table, object, &order);
    order_free(&order);
    return is_done;
}

/* ------------------------------------------------------------------ what is implied and required */

static bool
fill_in(Parser *parser, Table *table, PyObject *object, ImpliedValue *implied)
{
    int holds = implied->condition == NULL ? 1 : condition_holds(implied->condition, object);
    if (holds <= 0) {
        return holds == 0 || failed(parser);
    }
    PyObject *current = SLOT(object, implied->offset);
    if (current == NULL) {
        return give_up(parser, UNUSUAL_OBJECT);
    }
    if (current == implied->absent) {
        return store(parser, object, implied->offset, Py_NewRef(implied->value));
    }
    int is_same = PyObject_RichCompareBool(current, implied->value, Py_EQ);
    if (is_same <= 0) {
        return is_same == 0 || failed(parser);
    }
    return remember_spelled_out(parser, table, object, implied->field);
}

static bool
is_missing(const Engine *engine, PyObject *value, const Slot *slot)
{
    bool is_empty = slot->is_many && (value == NULL || !PyList_CheckExact(value) || !PyList_GET_SIZE(value));
    return value == NULL || value == engine->missing || is_empty || (slot->kind == FLAG && value == Py_False);
}

static bool
has_all_required(Parser *parser, Table *table, PyObject *object)
{
    for (Py_ssize_t i = 0; i < table->required_count; i++) {
        const Slot *slot = &table->required[i];
        if (is_missing(parser->engine, SLOT(object, slot->offset), slot)) {
            return give_up(parser, MISSING_PART);
        }
    }
    return true;
}

static bool
finish_object(Parser *parser, Table *table, PyObject *object)
{
    for (Py_ssize_t i = 0; i < table->implied_count; i++) {
        if (!fill_in(parser, table, object, &table->implied[i])) {
            return false;
        }
    }
    return has_all_required(parser, table, object);
}

static bool
fill_object(Parser *parser, Table *table, PyObject *object)
{
    Slice raw = parser->tag_raw.whole;
    bool is_empty = parser->is_empty;
    if (!remember_declarations(parser, table, object) || !read_attributes(parser, table, object)) {
        return false;
    }
    Text nothing = {{"", 0}, true, true};
    bool is_read = !is_empty              ? read_inside(parser, table, object, raw)
                   : table->is_content_only ? true
                                            : store_leading(parser, table, object, nothing, false);
    return is_read && finish_object(parser, table, object);
}

/* From the current tag on. */
static PyObject *
read_object(Parser *parser, Table *table)
{
    if (!table->is_usual || ++parser->depth > DEEPEST) {
        give_up(parser, table->is_usual ? TOO_DEEP : UNUSUAL_CLASS);
        return NULL;
    }
    PyObject *object = new_object(parser, table);
    if (object != NULL && !fill_object(parser, table, object)) {
        Py_CLEAR(object);
    }
    parser->depth--;
    return object;
}

/* ------------------------------------------------------------------ the document */

/* What `roots` has for the root's name: the number of a target. */
static Target *
root_target(Parser *parser, PyObject *roots)
{
    PyObject *name = expanded_name(&parser->tag);
    PyObject *number = name != NULL ? PyObject_GetItem(roots, name) : NULL;
    Py_XDECREF(name);
    if (number == NULL) {
        give_up(parser, PyErr_ExceptionMatches(PyExc_KeyError) ? UNKNOWN_ROOT : ERROR_IS_SET);
        if (parser->reason == UNKNOWN_ROOT) {
            PyErr_Clear();
        }
        return NULL;
    }
    Py_ssize_t index = PyNumber_AsSsize_t(number, PyExc_IndexError);
    Py_DECREF(number);
    if (index < 0 || index >= parser->engine->target_count) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_IndexError, "there is no such target");
        }
        failed(parser);
        return NULL;
    }
    return parser->engine->targets[index];
}

static PyObject *
read_root(Parser *parser, PyObject *roots)
{
    if (!read_prolog(parser) || !read_start_tag(parser)) {
        return NULL;
    }
    Target *target = root_target(parser, roots);
    PyObject *root = target != NULL ? read_target(parser, target) : NULL;
    if (root != NULL && !read_epilog(parser)) {
        Py_CLEAR(root);
    }
    return root;
}

/* The object of a document; NULL with the reason. The collector of garbage waits: nothing here makes any. */
PyObject *
parse_document(Engine *engine, Slice data, PyObject *roots, Reason *reason)
{
    *reason = BAD_ENCODING;
    if (!is_plain_utf8(data.at, data.size)) {
        return NULL;
    }
    *reason = ERROR_IS_SET;
    Parser *parser = parser_new(engine, data);
    if (parser == NULL) {
        return NULL;
    }
    parser->is_collected = PySet_GET_SIZE(engine->extended) > 0;
    int collects = PyGC_Disable();
    PyObject *root = read_root(parser, roots);
    if (collects) {
        PyGC_Enable();
    }
    *reason = parser->reason;
    parser_free(parser);
    return root;
}
