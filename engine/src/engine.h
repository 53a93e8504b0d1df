/* What the parts of the engine share. The design is in ../README.md; read that first. */
#ifndef RELAXGEN_ENGINE_H
#define RELAXGEN_ENGINE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Only the module itself is for others to call. */
#if defined(__GNUC__)
#pragma GCC visibility push(hidden)
#endif

enum {
    TABLE_VERSION = 11,         /* of what Python code and the engine say to each other */
    DEEPEST = 200,              /* nested elements; libxml2 takes 256 */
    MOST_ATTRIBUTES = 64,       /* of one element, declarations included */
    MOST_CHILDREN = 250,        /* fields of one class for what is inside; an index fits a byte */
    MOST_BINDINGS = 64,         /* namespace declarations in scope */
    LONGEST_TOKEN = 1000000,    /* bytes of one text, value or comment; libxml2 takes ten million */
    LONGEST_NAME = 1000,        /* bytes */
    WIDEST_INDENT = 64,         /* spaces for each level */
    LONGEST_REMEMBERED = 64,    /* bytes of a text, or children of an order, that is remembered */
    MOST_REMEMBERED = 4096,     /* texts or values of one converter */
    LATE_MEMBERS = 64           /* classes of a content list */
};

/* ------------------------------------------------------------------ giving up */

/* Why the pure path has to do it. */
typedef enum {
    FINE,
    ERROR_IS_SET,               /* a Python exception that is none of the document's */
    NOT_VALID,
    BAD_SOURCE,
    BAD_ENCODING,
    BAD_DECLARATION,
    BAD_DOCTYPE,
    BAD_CDATA,
    BAD_MARKUP,
    BAD_NAME,
    BAD_NAMESPACE,
    BAD_REFERENCE,
    BAD_CHARACTER,
    TOO_DEEP,
    TOO_LARGE,
    UNKNOWN_ROOT,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_CHILD,
    UNKNOWN_VARIANT,
    STRAY_TEXT,
    OTHER_VALUE,
    MISSING_PART,
    UNUSUAL_CLASS,
    UNUSUAL_OBJECT,
    UNUSUAL_MEMORY,
    OTHER_ORDER,
    REASONS
} Reason;

extern const char *const REASON_NAMES[REASONS];

/* ------------------------------------------------------------------ characters and names */

enum { NAME_START = 1, NAME_PART = 2, BLANK = 4, STOPS_TEXT = 8, STOPS_VALUE = 16 };
extern const unsigned char CHARACTERS[256];

static inline bool
is_kind(char c, int kind)
{
    return (CHARACTERS[(unsigned char)c] & kind) != 0;
}

#if defined(__SSE2__)
/* A bit for each of sixteen bytes: whether it may be other than a character that means itself everywhere. That are
 * controls, characters beyond ASCII (as signed numbers, both are below the space), and <>&'"]. */
static inline unsigned
special_in(const char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)at);
    __m128i is_special = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('<')));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('>')));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('&')));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\'')));
    is_special = _mm_or_si128(is_special, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(']')));
    return (unsigned)_mm_movemask_epi8(is_special);
}
#endif

/* Passes over characters that mean themselves everywhere, if the processor can test sixteen at once. All that is passed
 * is ASCII; what is left, up to the end, is for the caller to test one by one. */
static inline const char *
pass_plain(const char *at, const char *end)
{
#if defined(__SSE2__)
    while (end - at >= 16) {
        unsigned special = special_in(at);
        if (special) {
            return at + __builtin_ctz(special);
        }
        at += 16;
    }
#else
    (void)end;
#endif
    return at;
}

/* Bytes that somebody else owns. */
typedef struct {
    const char *at;
    Py_ssize_t size;
} Slice;

/* Up to eight bytes as a number, each in it at least once. */
static inline uint64_t
few_bytes(const char *at, Py_ssize_t size)
{
    if (size >= 4) {
        uint32_t first, last;
        memcpy(&first, at, 4);
        memcpy(&last, at + size - 4, 4);
        return first | (uint64_t)last << 32;
    }
    const unsigned char *bytes = (const unsigned char *)at;
    return size ? bytes[0] | (uint32_t)bytes[size / 2] << 8 | (uint32_t)bytes[size - 1] << 16 : 0;
}

static inline uint64_t
eight_bytes(const char *at)
{
    uint64_t block;
    memcpy(&block, at, 8);
    return block;
}

/* Names and values are short: a call for each would take longer than the comparison. */
static inline bool
same_bytes(const char *one, const char *other, Py_ssize_t size)
{
    if (size <= 8) {
        return few_bytes(one, size) == few_bytes(other, size);
    }
    if (size <= 16) {
        return eight_bytes(one) == eight_bytes(other) && eight_bytes(one + size - 8) == eight_bytes(other + size - 8);
    }
    return memcmp(one, other, (size_t)size) == 0;
}

static inline bool
same_slice(Slice one, Slice other)
{
    return one.size == other.size && same_bytes(one.at, other.at, one.size);
}

/* A name in a namespace; no bytes of `uri` where it is in none. */
typedef struct {
    Slice local;
    Slice uri;
    uint32_t hash;              /* of `local` */
} Name;

static inline bool
same_name(const Name *one, const Name *other)
{
    return one->hash == other->hash && same_slice(one->local, other->local) && same_slice(one->uri, other->uri);
}

/* From names to small numbers; open addressing, capacity a power of two. The names are copies. */
typedef struct {
    Name *names;
    int *values;
    int capacity;
    int used;
} NameTable;

static inline uint64_t
mixed(uint64_t hash)
{
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 32;
}

/* Of eight bytes at a time: all tables are searched by it, and byte by byte it would take longer than the search. */
static inline uint32_t
hash_of(Slice text)
{
    uint64_t hash = (uint64_t)text.size;
    const char *at = text.at;
    Py_ssize_t left = text.size;
    for (; left > 8; left -= 8, at += 8) {
        hash = mixed(hash ^ eight_bytes(at));
    }
    return (uint32_t)mixed(mixed(hash ^ few_bytes(at, left)));
}

/* Where a name is, or where it would be. The table has room. */
static inline int
place_of(const NameTable *table, const Name *name)
{
    int place = (int)(name->hash & (uint32_t)(table->capacity - 1));
    while (table->names[place].local.at != NULL && !same_name(&table->names[place], name)) {
        place = (place + 1) & (table->capacity - 1);
    }
    return place;
}

/* -1 where it is none of them. */
static inline int
names_find(const NameTable *table, const Name *name)
{
    if (!table->capacity) {
        return -1;
    }
    int place = place_of(table, name);
    return table->names[place].local.at == NULL ? -1 : table->values[place];
}

int names_add(NameTable *table, const Name *name, int value);   /* -1 with MemoryError */
void names_free(NameTable *table);
void *one_longer(void *array, Py_ssize_t count);                /* of pointers; NULL with MemoryError */
PyObject *expanded_name(const Name *name);                      /* "{uri}local", or "local" */
bool is_plain_utf8(const char *at, Py_ssize_t size);
bool is_ascii(Slice text);

/* A text of the document, decoded. */
typedef struct {
    Slice bytes;
    bool is_ascii;
    bool is_blank;              /* nothing but white space */
} Text;

PyObject *string_from(Slice text);                             /* of UTF-8 */
PyObject *string_of(Text text);
bool is_blank(Slice text);

/* ------------------------------------------------------------------ values */

/* A remembered text of a document and what it means. `usual` is how that is written usually; NULL where it is so here. */
typedef struct {
    uint32_t hash;
    uint32_t size;
    char *bytes;
    PyObject *value;
    PyObject *usual;
} KnownText;

/* What a text means. Owned references; `usual` is NULL where the text is as it is usually written. */
typedef struct {
    PyObject *value;
    PyObject *usual;
} Reading;

/* A value that was written lately, found by its address. `value` is held, so the address stays its own. */
typedef struct {
    PyObject *value;
    PyObject *written;          /* bytes, escaped */
} LateValue;

enum { IN_TEXT, IN_ATTRIBUTE, PLACES, LATE_VALUES = 64, MISSES_BEFORE_RECIPE = 32 };

typedef struct Recipe Recipe;

/* How a number is written: in `digits`, or in a string that is held. */
typedef struct {
    Slice text;
    PyObject *held;
    char digits[24];
} Written;

Recipe *recipe_new(PyObject *description);                      /* NULL with an exception */
int recipe_read(const Recipe *recipe, Text text, PyObject **value);
int recipe_write(const Recipe *recipe, PyObject *value, Written *written);
int recipe_takes_string(const Recipe *recipe, PyObject *string);
bool recipe_is_quick(const Recipe *recipe);                     /* what it reads is not to be remembered */
int recipe_visit(const Recipe *recipe, visitproc visit, void *arg);
void recipe_free(Recipe *recipe);                               /* lets go of its objects, too */

/* What one converter is known to do. */
typedef struct {
    PyObject *converter;
    PyObject *format;           /* its bound method */
    Recipe *recipe;             /* NULL where there is none, or it was not asked for */
    bool has_asked;
    int misses;                 /* texts and values that were not remembered */
    KnownText *texts;           /* open addressing, capacity a power of two */
    int capacity;
    int used;
    PyObject *written[PLACES];  /* from strings and integers to escaped bytes */
    PyObject *by_address[PLACES];   /* from addresses of other values to these and escaped bytes */
    LateValue late[PLACES][LATE_VALUES];
} Values;

/* ------------------------------------------------------------------ tables */

typedef struct Engine Engine;
typedef struct Table Table;

/* The class of an element, or the classes that the value of an attribute decides between. */
typedef struct {
    Py_ssize_t count;
    PyTypeObject **types;       /* owned references */
    Table **tables;             /* NULL until needed */
    bool is_union;
    Name attribute;             /* of a union: the one that decides */
    NameTable members;          /* from its values to classes */
    int without;                /* the class for an element without it, or -1 */
} Target;

/* A class whose objects a content list was found to hold. */
typedef struct {
    PyTypeObject *type;         /* held by `types` of the list */
    Table *table;
} Member;

/* What a content list may hold. */
typedef struct {
    PyObject *contents;
    bool has_text;
    NameTable names;            /* to an index of `targets`, or OPEN_NAME, or NO_NAME */
    Target **targets;
    Py_ssize_t count;
    PyObject *types;            /* the classes that may stand in it, as far as they were met: a dict */
    Member members[LATE_MEMBERS];   /* those that were written lately, by their addresses */
} ContentList;

enum { OPEN_NAME = 1 << 28, NO_NAME };

typedef struct {
    Name name;
    Py_ssize_t offset;
    Values *values;             /* NULL: the text is the value */
    bool is_required;
    int implied;                /* index into the implied values, or -1 */
    Slice opening;              /* " name='", owned; nothing where the name is in a namespace */
} AttributeField;

typedef enum { OBJECT, TEXT, FLAG, CHOICE, REST } ChildKind;

typedef struct {
    Name name;
    PyObject *py_name;
    PyObject *field;
    Py_ssize_t offset;
    ChildKind kind;
    bool is_many;
    bool is_required;
    Values *values;
    Target *target;             /* NULL until needed */
    ContentList *choice;        /* the alternatives of a choice */
    int implied;
    Slice opening, closing;     /* as those of a table */
} ChildField;

/* What is asked of every object about each field: most have no value. It is small, since it is read for all fields of all
 * objects. */
typedef struct {
    int32_t offset;
    unsigned char kind;         /* a `ChildKind` */
    bool is_many;
    bool is_required;
} Slot;

/* A test of one field, or what is made of other conditions. */
typedef enum { IS_TRUE, IS_GIVEN, IS_SAME, IS_OTHER, NONE_OF, ALL_OF, ANY_OF } ConditionKind;

typedef struct Condition Condition;

struct Condition {
    ConditionKind kind;
    Py_ssize_t offset;
    PyObject *value;            /* what the field is compared with */
    Py_ssize_t count;
    Condition *parts;
};

typedef struct {
    Py_ssize_t offset;
    PyObject *field;
    PyObject *absent;
    PyObject *value;
    Condition *condition;       /* NULL: always */
} ImpliedValue;

typedef struct {
    Py_ssize_t offset;
    PyObject *value;            /* NULL: a new list or dictionary */
    bool is_dict;
} InitialValue;

/* How many slots begin with the same object. */
typedef struct {
    PyObject *value;            /* borrowed from an `InitialValue` */
    Py_ssize_t count;
} SharedValue;

enum { ANY_ORDER, ONE_ORDER, SEVERAL_ORDERS };

struct Table {
    PyTypeObject *type;
    bool is_usual;              /* false: the pure path does all of this class */
    Name tag;
    Slice opening, closing;     /* "<name" and "</name>" where the name needs no prefix, owned */
    int order;
    Py_ssize_t preserved;       /* offset of `_preserved` */
    Py_ssize_t initial_count;   /* those that are made anew come first */
    InitialValue *initial;
    Py_ssize_t fresh_count;     /* so many are made anew */
    Py_ssize_t slot_count;      /* of `image`: all of an object behind its head as it begins, where it shares objects */
    PyObject **image;
    Py_ssize_t shared_count;
    SharedValue *shared;
    Py_ssize_t attribute_count;
    AttributeField *attributes;
    Slot *attribute_slots;      /* those of `attributes`, close together */
    NameTable attribute_names;
    Py_ssize_t open_attributes; /* offset, or -1 */
    PyObject *open_attribute_names;
    NameTable known_open_attributes;
    Py_ssize_t text;            /* offset, or -1 */
    Values *text_values;
    bool is_text_optional;
    Py_ssize_t child_count;     /* everything inside but text; the rest is one of them */
    ChildField *children;
    Slot *slots;                /* those of `children`, close together */
    NameTable child_names;
    Py_ssize_t required_count;
    Slot *required;             /* what every element must have */
    int rest;                   /* index into the children, or -1 */
    PyObject *open_names;       /* of the rest: `Names`, or NULL */
    NameTable known_open;
    ContentList *content;       /* of the rest, or NULL */
    bool is_content_only;
    Py_ssize_t implied_count;
    ImpliedValue *implied;
    PyObject *orders;           /* from indices of children (bytes) to names (tuple) */
    PyObject *indices;          /* from names (tuple) to indices (bytes) */
    PyObject *index_of;         /* from a child's name to its index */
};

struct Engine {
    PyObject_HEAD
    PyObject *describe;         /* a class -> its description, or None */
    PyObject *resolve;          /* a class, the name of a field -> classes */
    PyObject *resolve_content;  /* contents, the name of an element -> classes, True, or None */
    PyObject *allows;           /* contents, a class -> bool */
    PyObject *recipe;           /* a converter -> what it does with usual texts and values, or None */
    PyObject *other_spelling;   /* the exception for a text in another spelling; has `value` and `canonical` */
    PyObject *spelling;         /* kind, name, usual text, text, place -> what is remembered of it */
    PyTypeObject *preserved_type;
    PyTypeObject *any_type;
    PyObject *missing;
    PyObject *prefixes;
    PyObject *extended;         /* a set: names of classes that the program has made of the package's */
    Py_ssize_t any_name, any_attributes, any_content, any_prefixes, any_written;   /* offsets */
    PyObject *table_of;         /* from classes to indices into `tables` */
    Table **tables;
    Py_ssize_t table_count;
    Values **values;
    Py_ssize_t value_count;
    Target **targets;
    Py_ssize_t target_count;
    ContentList **contents;
    Py_ssize_t content_count;
    PyObject *order_name, *blank_name, *namespaces_name, *spelled_out_name, *spellings_name, *xml_prefix, *xml_uri;
    unsigned long long parsed, formatted, given_up[REASONS];
};

/* Where the slots of an object may begin. */
enum { HEAD = sizeof(PyObject) };

#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

void *zeroed(Py_ssize_t count, size_t size);                    /* at least one item; NULL with MemoryError */
bool unpack(PyObject *described, const char *format, ...);
int index_of_word(const char *const *words, int count, const char *word);
Py_ssize_t slot_offset(PyTypeObject *type, const char *name);   /* -1 with an exception */
Py_ssize_t slot_named(PyTypeObject *type, PyObject *name);
bool is_made_of_slots(PyTypeObject *type);
int condition_read(Condition *condition, PyTypeObject *type, PyObject *described);
int condition_holds(const Condition *condition, PyObject *object);
int condition_visit(const Condition *condition, visitproc visit, void *arg);
void condition_clear(Condition *condition);
void condition_free(Condition *condition);

Table *table_for(Engine *engine, PyTypeObject *type);           /* NULL with an exception */
Target *target_of_child(Engine *engine, Table *table, ChildField *child);
Target *target_for(Engine *engine, PyObject *classes);
Table *table_in_target(Engine *engine, Target *target, PyTypeObject *type, Reason *reason);
Table *member_table(Engine *engine, Target *target, Py_ssize_t index);
int name_from(PyObject *expanded, Name *name);                  /* borrows the bytes of the string */
int name_copy(const Name *from, Name *to);                      /* owns its bytes */
void name_free(Name *name);
void free_tables(Engine *engine);
int visit_tables(Engine *engine, visitproc visit, void *arg);
void clear_tables(Engine *engine);

Values *values_for(Engine *engine, PyObject *converter);        /* NULL with an exception */
bool read_value(Engine *engine, Values *values, Text text, Reading *reading, Reason *reason);
int is_plain_value(Engine *engine, Values *values, PyObject *value);
int write_number(Values *values, PyObject *value, Written *written);
void values_free(Values *values);
int values_visit(Values *values, visitproc visit, void *arg);
void values_clear(Values *values);
Reason reason_for_exception(void);                              /* clears what is the document's */

/* ------------------------------------------------------------------ entries */

PyObject *parse_document(Engine *engine, Slice data, PyObject *roots, Reason *reason);
PyObject *format_object(Engine *engine, PyObject *object, int step, int *doubt, Reason *reason);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
