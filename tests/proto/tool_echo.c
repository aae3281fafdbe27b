/* SPDX-License-Identifier: MIT */
/*
 * Takes records apart and packs them again, for test_oracle.py. On stdin: the name of a method on a line, the
 * number of bytes on a line, then so many bytes of a map. On stdout: "ok N" and N bytes of the map as the
 * daemon packs it, or "CODE FIELD".
 */
#include "frame.h"
#include "method.h"
#include "pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void answer(const struct record *record, struct packed bytes, bool is_write)
{
    struct arena arena = { 0 };
    struct error error;
    const char *request_id;
    msgpack_sbuffer buffer;
    msgpack_packer packer;
    void *base = arena_take(&arena, record->size);
    bool is_whole = frame_value_length(bytes.bytes, bytes.size) == bytes.size;
    if (!is_whole)
        fail(&error, INVALID, NULL, "no frame");
    if (!is_whole ||
        record_unpack(record, bytes, base, is_write ? &request_id : NULL, &arena, &error) != OK ||
        record_check(record, base, &error) != OK) {
        printf("%s %s\n", code_word(error.code), error.field);
    } else {
        msgpack_sbuffer_init(&buffer);
        msgpack_packer_init(&packer, &buffer, msgpack_sbuffer_write);
        record_pack(record, base, &packer, &arena);
        printf("ok %zu\n", buffer.size);
        fwrite(buffer.data, 1, buffer.size, stdout);
        msgpack_sbuffer_destroy(&buffer);
    }
    fflush(stdout);
    arena_free(&arena);
}

int main(void)
{
    char name[80];
    size_t size;
    while (scanf("%79s %zu", name, &size) == 2 && getchar() == '\n') {
        const struct method *method = method_find(name, strlen(name));
        char *bytes = malloc(size + 1);
        bool is_good = method && fread(bytes, 1, size, stdin) == size;
        if (is_good)
            answer(method->params, (struct packed){ bytes, size }, method->mode == MODE_WRITE);
        free(bytes);
        if (!is_good)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
