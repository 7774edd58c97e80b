/* Takes the place of librdkafka's file of this name; see rdkafka_header.h. */
#include "rdkafka_int.h"
#include "rdkafka_header.h"

#define LEN_MAX RD_UVARINT_ENC_SIZEOF(int32_t)

static void init(rd_kafka_headers_t *hdrs) {
        hdrs->rkhdrs_cnt      = 0;
        hdrs->rkhdrs_ser_size = 0;
        hdrs->rkhdrs_room     = sizeof(hdrs->rkhdrs_inline);
        hdrs->rkhdrs_wire     = hdrs->rkhdrs_inline;
        rd_list_init(&hdrs->rkhdrs_list, 0, rd_free);
}

rd_kafka_headers_t *rd_kafka_headers_new(size_t initial_count) {
        rd_kafka_headers_t *hdrs = rd_malloc(sizeof(*hdrs));

        (void)initial_count;
        init(hdrs);
        return hdrs;
}

void rd_kafka_headers_destroy(rd_kafka_headers_t *hdrs) {
        rd_list_destroy(&hdrs->rkhdrs_list);
        if (hdrs->rkhdrs_wire != hdrs->rkhdrs_inline)
                rd_free(hdrs->rkhdrs_wire);
        rd_free(hdrs);
}

/* Makes room for `more` bytes. */
static void reserve(rd_kafka_headers_t *hdrs, size_t more) {
        size_t needed = hdrs->rkhdrs_ser_size + more;
        char *wire;

        if (needed <= hdrs->rkhdrs_room)
                return;
        hdrs->rkhdrs_room = needed * 2;
        wire              = rd_malloc(hdrs->rkhdrs_room);
        memcpy(wire, hdrs->rkhdrs_wire, hdrs->rkhdrs_ser_size);
        if (hdrs->rkhdrs_wire != hdrs->rkhdrs_inline)
                rd_free(hdrs->rkhdrs_wire);
        hdrs->rkhdrs_wire = wire;
}

static char *put_len(char *to, int64_t len) {
        return to + rd_uvarint_enc_i64(to, LEN_MAX, len);
}

static const char *get_len(const char *from, int64_t *len) {
        uint64_t bits = 0;
        int shift     = 0;
        unsigned char byte;

        do {
                byte = (unsigned char)*from++;
                bits |= (uint64_t)(byte & 0x7f) << shift;
                shift += 7;
        } while (byte & 0x80);
        *len = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
        return from;
}

rd_kafka_headers_t *rd_kafka_headers_copy(const rd_kafka_headers_t *src) {
        rd_kafka_headers_t *dst = rd_kafka_headers_new(src->rkhdrs_cnt);

        reserve(dst, src->rkhdrs_ser_size);
        memcpy(dst->rkhdrs_wire, src->rkhdrs_wire, src->rkhdrs_ser_size);
        dst->rkhdrs_ser_size = src->rkhdrs_ser_size;
        dst->rkhdrs_cnt      = src->rkhdrs_cnt;
        return dst;
}

rd_kafka_resp_err_t rd_kafka_header_add(rd_kafka_headers_t *hdrs,
                                        const char *name,
                                        ssize_t name_size,
                                        const void *value,
                                        ssize_t value_size) {
        char *to;

        if (name_size == -1)
                name_size = strlen(name);
        if (!value)
                value_size = 0;
        else if (value_size == -1)
                value_size = strlen(value);

        /* It would lack this one. */
        if (rd_list_cnt(&hdrs->rkhdrs_list) > 0)
                rd_list_clear(&hdrs->rkhdrs_list);

        reserve(hdrs, LEN_MAX + name_size + LEN_MAX + value_size);
        to = put_len(hdrs->rkhdrs_wire + hdrs->rkhdrs_ser_size, name_size);
        memcpy(to, name, name_size);
        to = put_len(to + name_size, value ? value_size : -1);
        if (value_size > 0)
                memcpy(to, value, value_size);
        hdrs->rkhdrs_ser_size = (size_t)(to + value_size - hdrs->rkhdrs_wire);
        hdrs->rkhdrs_cnt++;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_header_t *
make(const char *name, size_t name_size, const char *value, size_t value_size) {
        rd_kafka_header_t *hdr = rd_malloc(sizeof(*hdr) + name_size + 1 + value_size + 1);

        hdr->rkhdr_name_size  = name_size;
        hdr->rkhdr_value_size = value_size;
        memcpy(hdr->rkhdr_name, name, name_size);
        hdr->rkhdr_name[name_size] = '\0';
        hdr->rkhdr_value           = NULL;
        if (value) {
                hdr->rkhdr_value = hdr->rkhdr_name + name_size + 1;
                memcpy(hdr->rkhdr_value, value, value_size);
                hdr->rkhdr_value[value_size] = '\0';
        }
        return hdr;
}

/* The headers as a list. Const for the callers: nothing that they can see changes. */
static rd_list_t *list_of(const rd_kafka_headers_t *hdrs) {
        rd_list_t *list  = (rd_list_t *)&hdrs->rkhdrs_list;
        const char *from = hdrs->rkhdrs_wire;
        const char *end  = from + hdrs->rkhdrs_ser_size;

        if (rd_list_cnt(list) > 0 || from == end)
                return list;
        rd_list_grow(list, hdrs->rkhdrs_cnt);
        while (from < end) {
                int64_t name_size, value_size;
                const char *name  = get_len(from, &name_size);
                const char *value = get_len(name + name_size, &value_size);
                rd_bool_t is_null = value_size < 0;

                if (is_null)
                        value_size = 0;
                rd_list_add(list, make(name, (size_t)name_size,
                                       is_null ? NULL : value,
                                       (size_t)value_size));
                from = value + value_size;
        }
        return list;
}

rd_kafka_resp_err_t rd_kafka_header_remove(rd_kafka_headers_t *hdrs,
                                           const char *name) {
        rd_kafka_headers_t *all = rd_kafka_headers_copy(hdrs);
        const rd_kafka_header_t *hdr;
        size_t before = hdrs->rkhdrs_cnt;
        int i;

        rd_list_clear(&hdrs->rkhdrs_list);
        hdrs->rkhdrs_cnt      = 0;
        hdrs->rkhdrs_ser_size = 0;
        RD_LIST_FOREACH(hdr, list_of(all), i) {
                if (strcmp(hdr->rkhdr_name, name))
                        rd_kafka_header_add(
                            hdrs, hdr->rkhdr_name,
                            (ssize_t)hdr->rkhdr_name_size, hdr->rkhdr_value,
                            (ssize_t)hdr->rkhdr_value_size);
        }
        rd_kafka_headers_destroy(all);
        return hdrs->rkhdrs_cnt == before ? RD_KAFKA_RESP_ERR__NOENT
                                          : RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t
give(const rd_kafka_header_t *hdr, const void **valuep, size_t *sizep) {
        if (!hdr)
                return RD_KAFKA_RESP_ERR__NOENT;
        *valuep = hdr->rkhdr_value;
        *sizep  = hdr->rkhdr_value_size;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t rd_kafka_header_get_last(const rd_kafka_headers_t *hdrs,
                                             const char *name,
                                             const void **valuep,
                                             size_t *sizep) {
        const rd_kafka_header_t *hdr, *last = NULL;
        int i;

        RD_LIST_FOREACH(hdr, list_of(hdrs), i) {
                if (!strcmp(hdr->rkhdr_name, name))
                        last = hdr;
        }
        return give(last, valuep, sizep);
}

rd_kafka_resp_err_t rd_kafka_header_get(const rd_kafka_headers_t *hdrs,
                                        size_t idx,
                                        const char *name,
                                        const void **valuep,
                                        size_t *sizep) {
        const rd_kafka_header_t *hdr, *found = NULL;
        int i;

        RD_LIST_FOREACH(hdr, list_of(hdrs), i) {
                if (!found && !strcmp(hdr->rkhdr_name, name) && idx-- == 0)
                        found = hdr;
        }
        return give(found, valuep, sizep);
}

rd_kafka_resp_err_t rd_kafka_header_get_all(const rd_kafka_headers_t *hdrs,
                                            size_t idx,
                                            const char **namep,
                                            const void **valuep,
                                            size_t *sizep) {
        const rd_kafka_header_t *hdr = rd_list_elem(list_of(hdrs), (int)idx);

        if (hdr)
                *namep = hdr->rkhdr_name;
        return give(hdr, valuep, sizep);
}

size_t rd_kafka_header_cnt(const rd_kafka_headers_t *hdrs) {
        return hdrs->rkhdrs_cnt;
}
