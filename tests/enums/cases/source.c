/* C source: everything but tables and enum declarations is skipped; Latin-1 bytes may stand in comments */
#include <config.h>
#define VIR_ENUM_IMPL(name, lastVal, ...) \
    static const char *const name ## TypeList[] = { __VA_ARGS__ }

/* VIR_ENUM_IMPL(virCommentedOut, X_LAST, "a") */
struct _virFoo { enum virState state; int x; };

static enum virState
next(enum virState state)
{
    printf("VIR_ENUM_IMPL(virInAString, 1, \"a\") %c", '"');
    return VIR_ENUM_IMPL;
}

typedef enum {
    VIR_STATE_OFF,
    VIR_STATE_ON,
    VIR_STATE_LAST
} virState;

typedef enum {
    STATES(X)
    VIR_OTHER_LAST
} virMadeByMacros;

VIR_ENUM_IMPL(virStateTable,
              VIR_STATE_LAST,
              "off", "on",
);

VIR_ENUM_IMPL(virOther, VIR_OTHER_LAST, "one", "two")

#if 0
this isn't read
VIR_ENUM_IMPL(virNotRead, 1, "a")
#endif

typedef enum {
    VIR_SIZE_A = sizeof(int),
    VIR_SIZE_B,
} virSize;

int last(void) { return 0; }

typedef enum _virTag { VIR_TAG_A G_GNUC_DEPRECATED_FOR(other) = 3, VIR_TAG_B } G_GNUC_PACKED virTag;

enum virForward : unsigned int;
enum virAfter { VIR_AFTER_A };
