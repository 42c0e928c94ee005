/* What newer compilers call for copies of memory, and the runtime of an older GCC does not have. The
   functions of the C library are watched all the same. */
#include <string.h>

void *__tsan_memcpy(void *target, const void *source, size_t size);
void *__tsan_memmove(void *target, const void *source, size_t size);
void *__tsan_memset(void *target, int byte, size_t size);

void *__tsan_memcpy(void *target, const void *source, size_t size)
{
    return memcpy(target, source, size);
}

void *__tsan_memmove(void *target, const void *source, size_t size)
{
    return memmove(target, source, size);
}

void *__tsan_memset(void *target, int byte, size_t size)
{
    return memset(target, byte, size);
}
