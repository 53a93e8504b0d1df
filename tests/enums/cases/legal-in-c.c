/* What libvirt's sources do and a table file may not: no entries, a token twice, entries that come from macros */
VIR_ENUM_IMPL(virEmpty, VIR_EMPTY_LAST,
);
VIR_ENUM_IMPL(virTwice, VIR_TWICE_LAST, "ext2", "ext2", "fat", "", "");
VIR_ENUM_IMPL(virUnknownMacro, VIR_UNKNOWN_LAST, NODE_USER, "b");
VIR_ENUM_IMPL(virCall, VIR_CALL_LAST, NAME(b), "b");
VIR_ENUM_IMPL(virFine, VIR_FINE_LAST, "b");
#if WITH_A
VIR_ENUM_IMPL(virBranches, VIR_BRANCHES_LAST, "a");
#else
VIR_ENUM_IMPL(virBranches, VIR_BRANCHES_LAST, "b");
#endif
