#pragma once

// C-Raft's header does not say by itself that it is C.
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
extern "C" {
#include <raft.h>
}
