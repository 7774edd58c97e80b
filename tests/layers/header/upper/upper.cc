#ifdef INCLUDE_UNLINKED
#include "lower/lower.h"
#endif

int Upper() { return 2; }
