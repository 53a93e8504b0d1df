/* Tables of classes, made from what the package says of a class when its first element is met. */
#include "engine.h"

enum { IS_OPEN = REST, IS_CONTENT };

/* ------------------------------------------------------------------ targets */

static Target *
target_new(PyObject *classes)
{
    Target *target = PyMem_Calloc(1, sizeof(Target));
    if (target == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(classes);
    target->types = zeroed(count, sizeof(PyTypeObject *));
    target->tables = zeroed(count, sizeof(Table *));
    target->without = -1;
    if (target->types != NULL && target->tables != NULL) {
        target->count = count;
    }
    return target;
}

static void
target_clear(Target *target)
{
    for (Py_ssize_t i = 0; i < target->count; i++) {
        Py_CLEAR(target->types[i]);
    }
}

static void
target_free(Target *target)
{
    target_clear(target);
    PyMem_Free(target->types);
    PyMem_Free(target->tables);
    names_free(&target->members);
    name_free(&target->attribute);
    PyMem_Free(target);
}

/* A value of the deciding attribute that stands for a class; None where there is no attribute. The first class that has
 * it takes it. */
static int
add_token(Target *target, PyObject *token, int index)
{
    Name name;
    if (token == Py_None) {
        target->without = target->without < 0 ? index : target->without;
        return 0;
    }
    Slice text;
    text.at = PyUnicode_Check(token) ? PyUnicode_AsUTF8AndSize(token, &text.size) : NULL;
    if (text.at == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "the kinds of a class are strings");
        }
        return -1;
    }
    name = (Name){.local = text, .uri = {text.at, 0}, .hash = hash_of(text)};
    return names_add(&target->members, &name, index);
}

/* The deciding attribute, which all classes of a union share. */
static int
take_attribute(Target *target, PyObject *attribute, int index)
{
    Name name;
    if (name_from(attribute, &name) < 0 || (index == 0 && name_copy(&name, &target->attribute) < 0)) {
        return -1;
    }
    if (!same_name(&name, &target->attribute)) {
        PyErr_Format(PyExc_TypeError, "%s has another deciding attribute", target->types[index]->tp_name);
        return -1;
    }
    return 0;
}

static int
read_kinds(Target *target, int index)
{
    PyObject *kinds = PyObject_GetAttrString((PyObject *)target->types[index], "_kinds");
    PyObject *attribute, *tokens;
    if (kinds == NULL) {
        return -1;
    }
    int result = -1;
    if (unpack(kinds, "UO!", &attribute, &PyTuple_Type, &tokens)) {
        result = take_attribute(target, attribute, index);
        for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(tokens); i++) {
            result = add_token(target, PyTuple_GET_ITEM(tokens, i), index);
        }
    }
    Py_DECREF(kinds);
    return result;
}

static int
fill_target(Target *target, PyObject *classes)
{
    target->is_union = target->count > 1;
    for (int i = 0; i < target->count; i++) {
        PyObject *one = PyTuple_GET_ITEM(classes, i);
        if (!PyType_Check(one)) {
            PyErr_SetString(PyExc_TypeError, "a target is a tuple of classes");
            return -1;
        }
        target->types[i] = (PyTypeObject *)Py_NewRef(one);
        if (target->is_union && read_kinds(target, i) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Belongs to the engine. */
Target *
target_for(Engine *engine, PyObject *classes)
{
    if (!PyTuple_Check(classes) || !PyTuple_GET_SIZE(classes)) {
        PyErr_SetString(PyExc_TypeError, "a target is a tuple of classes");
        return NULL;
    }
    Target *target = target_new(classes);
    if (target == NULL) {
        return NULL;
    }
    bool is_right = target->count && fill_target(target, classes) == 0;
    Target **targets = is_right ? one_longer(engine->targets, engine->target_count) : NULL;
    if (targets == NULL) {
        target_free(target);
        return NULL;
    }
    engine->targets = targets;
    engine->targets[engine->target_count++] = target;
    return target;
}

Target *
target_of_child(Engine *engine, Table *table, ChildField *child)
{
    if (child->target == NULL) {
        PyObject *classes = PyObject_CallFunctionObjArgs(engine->resolve, (PyObject *)table->type, child->field, NULL);
        if (classes == NULL) {
            return NULL;
        }
        Target *target = target_for(engine, classes);
        Py_DECREF(classes);
        if (target == NULL) {
            return NULL;
        }
        child->target = target;
    }
    return child->target;
}

Table *
member_table(Engine *engine, Target *target, Py_ssize_t index)
{
    if (target->tables[index] == NULL) {
        target->tables[index] = table_for(engine, target->types[index]);
    }
    return target->tables[index];
}

/* The table of an object's class, which must be one of the target's. */
Table *
table_in_target(Engine *engine, Target *target, PyTypeObject *type, Reason *reason)
{
    for (Py_ssize_t i = 0; i < target->count; i++) {
        if (target->types[i] == type) {
            Table *table = member_table(engine, target, i);
            if (table == NULL) {
                *reason = ERROR_IS_SET;
            }
            return table;
        }
    }
    *reason = UNUSUAL_OBJECT;
    return NULL;
}

/* ------------------------------------------------------------------ content lists */

static ContentList *
content_list(Engine *engine, PyObject *contents, bool has_text)
{
    for (Py_ssize_t i = 0; i < engine->content_count; i++) {
        if (engine->contents[i]->contents == contents) {
            return engine->contents[i];
        }
    }
    ContentList *list = PyMem_Calloc(1, sizeof(ContentList));
    PyObject *types = PyDict_New();
    if (list == NULL || types == NULL) {
        PyMem_Free(list);
        Py_XDECREF(types);
        PyErr_NoMemory();
        return NULL;
    }
    list->contents = Py_NewRef(contents);
    list->types = types;
    list->has_text = has_text;
    ContentList **lists = one_longer(engine->contents, engine->content_count);
    if (lists == NULL) {
        Py_DECREF(list->contents);
        Py_DECREF(types);
        PyMem_Free(list);
        return NULL;
    }
    engine->contents = lists;
    engine->contents[engine->content_count++] = list;
    return list;
}

static void
content_free(ContentList *list)
{
    Py_CLEAR(list->contents);
    Py_CLEAR(list->types);
    names_free(&list->names);
    PyMem_Free(list->targets);
    PyMem_Free(list);
}

/* ------------------------------------------------------------------ one class */

/* An item of a part of a description. */
static PyObject *
item_at(PyObject *description, Py_ssize_t part, Py_ssize_t index)
{
    return PyTuple_GET_ITEM(PyTuple_GET_ITEM(description, part), index);
}

static int
converter_in(Engine *engine, PyObject *converter, Values **values)
{
    *values = NULL;
    if (converter != Py_None) {
        *values = values_for(engine, converter);
        return *values == NULL ? -1 : 0;
    }
    return 0;
}

static bool
is_made_anew(PyObject *value)
{
    return value == (PyObject *)&PyList_Type || value == (PyObject *)&PyDict_Type;
}

/* The initial values that are made anew, or the others. */
static int
add_initial(Table *table, PyObject *items, bool anew)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); i++) {
        PyObject *name, *value;
        if (!unpack(PyTuple_GET_ITEM(items, i), "UO", &name, &value)) {
            return -1;
        }
        if (is_made_anew(value) != anew) {
            continue;
        }
        InitialValue *initial = &table->initial[table->initial_count];
        initial->offset = slot_named(table->type, name);
        if (initial->offset < 0) {
            return -1;
        }
        initial->is_dict = value == (PyObject *)&PyDict_Type;
        initial->value = anew ? NULL : Py_NewRef(value);
        table->initial_count++;
    }
    return 0;
}

static void
share_value(Table *table, PyObject *value)
{
    for (Py_ssize_t i = 0; i < table->shared_count; i++) {
        if (table->shared[i].value == value) {
            table->shared[i].count++;
            return;
        }
    }
    table->shared[table->shared_count++] = (SharedValue){value, 1};
}

/* The slots of a new object, as far as they share objects: made once, copied for each. */
static int
make_image(Table *table)
{
    table->slot_count = (table->type->tp_basicsize - HEAD) / (Py_ssize_t)sizeof(PyObject *);
    table->image = zeroed(table->slot_count, sizeof(PyObject *));
    table->shared = zeroed(table->initial_count, sizeof(SharedValue));
    if (table->image == NULL || table->shared == NULL) {
        return -1;
    }
    for (Py_ssize_t i = table->fresh_count; i < table->initial_count; i++) {
        InitialValue *initial = &table->initial[i];
        PyObject **slot = &table->image[(initial->offset - HEAD) / (Py_ssize_t)sizeof(PyObject *)];
        if (*slot == NULL) {
            *slot = initial->value;
            share_value(table, initial->value);
        }
    }
    return 0;
}

static int
read_initial(Table *table, PyObject *items)
{
    table->initial = zeroed(PyTuple_GET_SIZE(items), sizeof(InitialValue));
    if (table->initial == NULL || add_initial(table, items, true) < 0) {
        return -1;
    }
    table->fresh_count = table->initial_count;
    return add_initial(table, items, false) < 0 ? -1 : make_image(table);
}

/* `before`, the local name, `behind`. */
static int
make_literal(Slice *literal, const char *before, const Name *name, const char *behind)
{
    Py_ssize_t first = (Py_ssize_t)strlen(before), last = (Py_ssize_t)strlen(behind);
    char *bytes = PyMem_Malloc((size_t)(first + name->local.size + last) + 1);
    if (bytes == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(bytes, before, (size_t)first);
    memcpy(bytes + first, name->local.at, (size_t)name->local.size);
    memcpy(bytes + first + name->local.size, behind, (size_t)last);
    *literal = (Slice){bytes, first + name->local.size + last};
    return 0;
}

static int
make_tags(const Name *name, Slice *opening, Slice *closing)
{
    return make_literal(opening, "<", name, "") < 0 || make_literal(closing, "</", name, ">") < 0 ? -1 : 0;
}

static int
read_attributes(Engine *engine, Table *table, PyObject *description, Py_ssize_t part)
{
    Py_ssize_t count = PyTuple_GET_SIZE(PyTuple_GET_ITEM(description, part));
    table->attributes = zeroed(count, sizeof(AttributeField));
    if (table->attributes == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = item_at(description, part, i), *xml, *name, *converter;
        int is_required;
        if (!unpack(item, "UUOp", &xml, &name, &converter, &is_required)) {
            return -1;
        }
        AttributeField *field = &table->attributes[i];
        Name borrowed;
        field->is_required = is_required;
        field->implied = -1;
        field->offset = slot_named(table->type, name);
        if (field->offset < 0 || name_from(xml, &borrowed) < 0 || name_copy(&borrowed, &field->name) < 0) {
            return -1;
        }
        table->attribute_count++;
        bool needs_prefix = field->name.uri.size > 0;
        if ((!needs_prefix && make_literal(&field->opening, " ", &field->name, "='") < 0)
            || converter_in(engine, converter, &field->values) < 0
            || names_add(&table->attribute_names, &field->name, (int)i) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
read_rest(Engine *engine, Table *table, int index, int kind, PyObject *extra)
{
    PyObject *contents;
    PyObject *names;
    int has_text;
    table->rest = index;
    if (kind == IS_OPEN) {
        table->open_names = Py_NewRef(extra);
        return 0;
    }
    if (!unpack(extra, "OpO", &contents, &has_text, &names)) {
        return -1;
    }
    table->open_names = names == Py_None ? NULL : Py_NewRef(names);
    table->content = content_list(engine, contents, has_text != 0);
    return table->content == NULL ? -1 : 0;
}

/* The names of all alternatives lead to the one field. */
static int
read_choice(Engine *engine, Table *table, int index, PyObject *extra)
{
    PyObject *contents, *tags;
    if (!unpack(extra, "OO!", &contents, &PyTuple_Type, &tags)) {
        return -1;
    }
    table->children[index].choice = content_list(engine, contents, false);
    int result = table->children[index].choice == NULL ? -1 : 0;
    for (Py_ssize_t i = 0; result == 0 && i < PyTuple_GET_SIZE(tags); i++) {
        Name borrowed;
        result = name_from(PyTuple_GET_ITEM(tags, i), &borrowed);
        result = result < 0 ? -1 : names_add(&table->child_names, &borrowed, index);
    }
    return result;
}

static int
read_child_field(Engine *engine, Table *table, int index, PyObject *item)
{
    PyObject *xml, *name, *extra;
    int kind, is_many, is_required;
    if (!unpack(item, "UUippO", &xml, &name, &kind, &is_many, &is_required, &extra)) {
        return -1;
    }
    if (kind < OBJECT || kind > IS_CONTENT) {
        PyErr_SetString(PyExc_ValueError, "no kind of child");
        return -1;
    }
    ChildField *child = &table->children[index];
    Name borrowed;
    if (name_from(xml, &borrowed) < 0 || name_copy(&borrowed, &child->name) < 0) {
        return -1;
    }
    child->py_name = Py_NewRef(xml);
    PyUnicode_InternInPlace(&child->py_name);
    child->field = Py_NewRef(name);
    child->kind = kind >= IS_OPEN ? REST : (ChildKind)kind;
    child->is_many = is_many != 0;
    child->is_required = is_required != 0;
    child->implied = -1;
    child->offset = slot_named(table->type, name);
    table->child_count++;
    if (child->offset < 0 || make_tags(&child->name, &child->opening, &child->closing) < 0) {
        return -1;
    }
    if (child->kind == REST) {
        return read_rest(engine, table, index, kind, extra);
    }
    if (child->kind == CHOICE) {
        return read_choice(engine, table, index, extra);
    }
    if (child->kind == TEXT && converter_in(engine, extra, &child->values) < 0) {
        return -1;
    }
    return names_add(&table->child_names, &child->name, index);
}

static int
read_children(Engine *engine, Table *table, PyObject *description, Py_ssize_t part)
{
    Py_ssize_t count = PyTuple_GET_SIZE(PyTuple_GET_ITEM(description, part));
    table->children = zeroed(count, sizeof(ChildField));
    if (table->children == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = item_at(description, part, i);
        if (read_child_field(engine, table, (int)i, item) < 0) {
            return -1;
        }
        PyObject *index = PyLong_FromSsize_t(i);
        int result = index != NULL ? PyDict_SetItem(table->index_of, table->children[i].py_name, index) : -1;
        Py_XDECREF(index);
        if (result < 0) {
            return -1;
        }
    }
    table->is_content_only = table->content != NULL && table->child_count == 1 && table->text < 0;
    return 0;
}

static int
read_open_attributes(Table *table, PyObject *described)
{
    PyObject *name, *names;
    if (described == Py_None) {
        return 0;
    }
    if (!unpack(described, "UO", &name, &names)) {
        return -1;
    }
    table->open_attribute_names = Py_NewRef(names);
    table->open_attributes = slot_named(table->type, name);
    return table->open_attributes < 0 ? -1 : 0;
}

static int
read_text_field(Engine *engine, Table *table, PyObject *described)
{
    PyObject *name, *converter;
    int is_optional;
    if (described == Py_None) {
        return 0;
    }
    if (!unpack(described, "UOp", &name, &converter, &is_optional)) {
        return -1;
    }
    table->is_text_optional = is_optional != 0;
    table->text = slot_named(table->type, name);
    return table->text < 0 ? -1 : converter_in(engine, converter, &table->text_values);
}

/* Fields know which of them are implied: writing leaves these out. */
static void
mark_implied(Table *table, Py_ssize_t offset, int index)
{
    for (Py_ssize_t i = 0; i < table->attribute_count; i++) {
        if (table->attributes[i].offset == offset) {
            table->attributes[i].implied = index;
        }
    }
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        if (table->children[i].offset == offset) {
            table->children[i].implied = index;
        }
    }
}

static int
read_condition(const Table *table, ImpliedValue *implied, PyObject *described)
{
    implied->condition = zeroed(1, sizeof(Condition));
    return implied->condition == NULL ? -1 : condition_read(implied->condition, table->type, described);
}

static int
read_implied(Table *table, PyObject *description, Py_ssize_t part)
{
    Py_ssize_t count = PyTuple_GET_SIZE(PyTuple_GET_ITEM(description, part));
    table->implied = zeroed(count, sizeof(ImpliedValue));
    if (table->implied == NULL) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = item_at(description, part, i), *name, *absent, *value, *condition;
        if (!unpack(item, "UOOO", &name, &absent, &value, &condition)) {
            return -1;
        }
        ImpliedValue *implied = &table->implied[i];
        implied->field = Py_NewRef(name);
        implied->absent = Py_NewRef(absent);
        implied->value = Py_NewRef(value);
        implied->offset = slot_named(table->type, name);
        table->implied_count++;
        if (implied->offset < 0 || (condition != Py_None && read_condition(table, implied, condition) < 0)) {
            return -1;
        }
        mark_implied(table, implied->offset, (int)i);
    }
    return 0;
}

static void
add_required(Table *table, Slot slot)
{
    if (slot.is_required) {
        table->required[table->required_count++] = slot;
    }
}

/* What is looked at for every object, close together. */
static int
gather_slots(Table *table)
{
    table->attribute_slots = zeroed(table->attribute_count, sizeof(Slot));
    table->slots = zeroed(table->child_count, sizeof(Slot));
    table->required = zeroed(table->attribute_count + table->child_count + 1, sizeof(Slot));
    if (table->attribute_slots == NULL || table->slots == NULL || table->required == NULL) {
        return -1;
    }
    if (table->text >= 0) {
        add_required(table, (Slot){(int32_t)table->text, TEXT, false, true});
    }
    for (Py_ssize_t i = 0; i < table->attribute_count; i++) {
        AttributeField *field = &table->attributes[i];
        table->attribute_slots[i] = (Slot){(int32_t)field->offset, TEXT, false, field->is_required};
        add_required(table, table->attribute_slots[i]);
    }
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        ChildField *child = &table->children[i];
        table->slots[i] = (Slot){(int32_t)child->offset, (unsigned char)child->kind, child->is_many, child->is_required};
        add_required(table, table->slots[i]);
    }
    return 0;
}

static const InitialValue *
initial_of(const Table *table, Py_ssize_t offset)
{
    for (Py_ssize_t i = 0; i < table->initial_count; i++) {
        if (table->initial[i].offset == offset) {
            return &table->initial[i];
        }
    }
    return NULL;
}

static bool
begins_as_list(const Table *table, Py_ssize_t offset)
{
    const InitialValue *initial = initial_of(table, offset);
    return initial != NULL && initial->value == NULL && !initial->is_dict;
}

static bool
begins_as_value(const Table *table, Py_ssize_t offset)
{
    const InitialValue *initial = initial_of(table, offset);
    return initial != NULL && initial->value != NULL;
}

/* Every field must have a value of its kind from the beginning: reading relies on that. */
static int
check_initial(const Table *table)
{
    const InitialValue *open = table->open_attributes < 0 ? NULL : initial_of(table, table->open_attributes);
    bool is_right = begins_as_value(table, table->preserved) && (table->text < 0 || begins_as_value(table, table->text))
                    && (table->open_attributes < 0 || (open != NULL && open->is_dict));
    for (Py_ssize_t i = 0; is_right && i < table->attribute_count; i++) {
        is_right = begins_as_value(table, table->attributes[i].offset);
    }
    for (Py_ssize_t i = 0; is_right && i < table->child_count; i++) {
        const ChildField *child = &table->children[i];
        is_right = child->is_many ? begins_as_list(table, child->offset)
                                  : child->kind != REST && begins_as_value(table, child->offset);
    }
    for (Py_ssize_t i = 0; is_right && i < table->implied_count; i++) {
        is_right = begins_as_value(table, table->implied[i].offset);
    }
    if (!is_right) {
        PyErr_Format(PyExc_ValueError, "a field of %s has no initial value of its kind", table->type->tp_name);
    }
    return is_right ? 0 : -1;
}

/* tag, order, initial values, attributes, open attributes, text, children, implied values */
static int
read_description(Engine *engine, Table *table, PyObject *description)
{
    PyObject *tag, *initial, *attributes, *open_attributes, *text, *children, *implied;
    Name borrowed;
    if (!unpack(description, "UiO!O!OOO!O!", &tag, &table->order, &PyTuple_Type, &initial, &PyTuple_Type, &attributes,
                &open_attributes, &text, &PyTuple_Type, &children, &PyTuple_Type, &implied)
        || name_from(tag, &borrowed) < 0 || name_copy(&borrowed, &table->tag) < 0
        || make_tags(&table->tag, &table->opening, &table->closing) < 0) {
        return -1;
    }
    table->preserved = slot_offset(table->type, "_preserved");
    if (table->preserved < 0 || read_initial(table, initial) < 0
        || read_attributes(engine, table, description, 3) < 0 || read_open_attributes(table, open_attributes) < 0
        || read_text_field(engine, table, text) < 0) {
        return -1;
    }
    if (PyTuple_GET_SIZE(children) > MOST_CHILDREN || !is_made_of_slots(table->type)) {
        return 0;
    }
    if (read_children(engine, table, description, 6) < 0 || read_implied(table, description, 7) < 0
        || check_initial(table) < 0 || gather_slots(table) < 0) {
        return -1;
    }
    table->is_usual = true;
    return 0;
}

static Table *
table_new(PyTypeObject *type)
{
    Table *table = PyMem_Calloc(1, sizeof(Table));
    if (table == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    table->type = (PyTypeObject *)Py_NewRef((PyObject *)type);
    table->open_attributes = table->text = -1;
    table->rest = -1;
    table->orders = PyDict_New();
    table->indices = PyDict_New();
    table->index_of = PyDict_New();
    return table;
}

static void
table_clear(Table *table)
{
    Py_CLEAR(table->type);
    Py_CLEAR(table->open_attribute_names);
    Py_CLEAR(table->open_names);
    Py_CLEAR(table->orders);
    Py_CLEAR(table->indices);
    Py_CLEAR(table->index_of);
    for (Py_ssize_t i = 0; i < table->initial_count; i++) {
        Py_CLEAR(table->initial[i].value);
    }
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        Py_CLEAR(table->children[i].py_name);
        Py_CLEAR(table->children[i].field);
    }
    for (Py_ssize_t i = 0; i < table->implied_count; i++) {
        Py_CLEAR(table->implied[i].field);
        Py_CLEAR(table->implied[i].absent);
        Py_CLEAR(table->implied[i].value);
        if (table->implied[i].condition != NULL) {
            condition_clear(table->implied[i].condition);
        }
    }
}

static void
table_free(Table *table)
{
    table_clear(table);
    for (Py_ssize_t i = 0; i < table->attribute_count; i++) {
        name_free(&table->attributes[i].name);
        PyMem_Free((void *)table->attributes[i].opening.at);
    }
    for (Py_ssize_t i = 0; i < table->child_count; i++) {
        name_free(&table->children[i].name);
        PyMem_Free((void *)table->children[i].opening.at);
        PyMem_Free((void *)table->children[i].closing.at);
    }
    for (Py_ssize_t i = 0; i < table->implied_count; i++) {
        if (table->implied[i].condition != NULL) {
            condition_free(table->implied[i].condition);
        }
        PyMem_Free(table->implied[i].condition);
    }
    name_free(&table->tag);
    PyMem_Free((void *)table->opening.at);
    PyMem_Free((void *)table->closing.at);
    names_free(&table->attribute_names);
    names_free(&table->child_names);
    names_free(&table->known_open_attributes);
    names_free(&table->known_open);
    PyMem_Free(table->initial);
    PyMem_Free(table->image);
    PyMem_Free(table->shared);
    PyMem_Free(table->attributes);
    PyMem_Free(table->attribute_slots);
    PyMem_Free(table->slots);
    PyMem_Free(table->required);
    PyMem_Free(table->children);
    PyMem_Free(table->implied);
    PyMem_Free(table);
}

/* A table of its own, which no other code sees yet: `describe` runs Python code, which may ask for tables, too. */
static Table *
table_made(Engine *engine, PyTypeObject *type)
{
    PyObject *description = PyObject_CallOneArg(engine->describe, (PyObject *)type);
    Table *table = description != NULL ? table_new(type) : NULL;
    if (table != NULL) {
        bool has_dicts = table->orders != NULL && table->indices != NULL && table->index_of != NULL;
        if (!has_dicts || (description != Py_None && read_description(engine, table, description) < 0)) {
            table_free(table);
            table = NULL;
        }
    }
    Py_XDECREF(description);
    return table;
}

static Table *
known_table(Engine *engine, PyTypeObject *type)
{
    PyObject *index = PyDict_GetItemWithError(engine->table_of, (PyObject *)type);
    return index != NULL ? engine->tables[PyLong_AsSsize_t(index)] : NULL;
}

static int
keep_table(Engine *engine, Table *table)
{
    PyObject *index = PyLong_FromSsize_t(engine->table_count);
    Table **tables = index != NULL ? one_longer(engine->tables, engine->table_count) : NULL;
    if (tables == NULL) {
        Py_XDECREF(index);
        table_free(table);
        return -1;
    }
    engine->tables = tables;
    engine->tables[engine->table_count++] = table;
    int result = PyDict_SetItem(engine->table_of, (PyObject *)table->type, index);
    Py_DECREF(index);
    return result;
}

/* The table of a class, for as long as the engine lives. */
Table *
table_for(Engine *engine, PyTypeObject *type)
{
    Table *table = known_table(engine, type);
    if (table != NULL || PyErr_Occurred()) {
        return table;
    }
    table = table_made(engine, type);
    if (table == NULL) {
        return NULL;
    }
    Table *other = known_table(engine, type);
    if (other != NULL || PyErr_Occurred()) {
        table_free(table);
        return other;
    }
    return keep_table(engine, table) < 0 ? NULL : table;
}

/* ------------------------------------------------------------------ the whole */

static int
visit_table(Table *table, visitproc visit, void *arg)
{
    Py_VISIT(table->type);
    Py_VISIT(table->open_attribute_names);
    Py_VISIT(table->open_names);
    Py_VISIT(table->orders);
    Py_VISIT(table->indices);
    Py_VISIT(table->index_of);
    for (Py_ssize_t i = 0; i < table->initial_count; i++) {
        Py_VISIT(table->initial[i].value);
    }
    for (Py_ssize_t i = 0; i < table->implied_count; i++) {
        Py_VISIT(table->implied[i].absent);
        Py_VISIT(table->implied[i].value);
        int result = 0;
        if (table->implied[i].condition != NULL) {
            result = condition_visit(table->implied[i].condition, visit, arg);
        }
        if (result) {
            return result;
        }
    }
    return 0;
}

static int
visit_target(Target *target, visitproc visit, void *arg)
{
    for (Py_ssize_t i = 0; i < target->count; i++) {
        Py_VISIT(target->types[i]);
    }
    return 0;
}

int
visit_tables(Engine *engine, visitproc visit, void *arg)
{
    int result = 0;
    for (Py_ssize_t i = 0; i < engine->table_count && !result; i++) {
        result = visit_table(engine->tables[i], visit, arg);
    }
    for (Py_ssize_t i = 0; i < engine->target_count && !result; i++) {
        result = visit_target(engine->targets[i], visit, arg);
    }
    for (Py_ssize_t i = 0; i < engine->value_count && !result; i++) {
        result = values_visit(engine->values[i], visit, arg);
    }
    for (Py_ssize_t i = 0; i < engine->content_count && !result; i++) {
        Py_VISIT(engine->contents[i]->contents);
        Py_VISIT(engine->contents[i]->types);
    }
    return result;
}

/* Only the collector of garbage calls this, so no document is being read or written: those hold the engine. The blocks
 * stay, and each has no objects any more; `free_tables` takes them away. */
void
clear_tables(Engine *engine)
{
    for (Py_ssize_t i = 0; i < engine->table_count; i++) {
        table_clear(engine->tables[i]);
    }
    for (Py_ssize_t i = 0; i < engine->target_count; i++) {
        target_clear(engine->targets[i]);
    }
    for (Py_ssize_t i = 0; i < engine->value_count; i++) {
        values_clear(engine->values[i]);
    }
    for (Py_ssize_t i = 0; i < engine->content_count; i++) {
        Py_CLEAR(engine->contents[i]->contents);
        Py_CLEAR(engine->contents[i]->types);
    }
}

void
free_tables(Engine *engine)
{
    clear_tables(engine);
    for (Py_ssize_t i = 0; i < engine->table_count; i++) {
        table_free(engine->tables[i]);
    }
    for (Py_ssize_t i = 0; i < engine->target_count; i++) {
        target_free(engine->targets[i]);
    }
    for (Py_ssize_t i = 0; i < engine->value_count; i++) {
        values_free(engine->values[i]);
    }
    for (Py_ssize_t i = 0; i < engine->content_count; i++) {
        content_free(engine->contents[i]);
    }
    PyMem_Free(engine->tables);
    PyMem_Free(engine->targets);
    PyMem_Free(engine->values);
    PyMem_Free(engine->contents);
    engine->tables = NULL;
    engine->targets = NULL;
    engine->values = NULL;
    engine->contents = NULL;
    engine->table_count = engine->target_count = engine->value_count = engine->content_count = 0;
}
