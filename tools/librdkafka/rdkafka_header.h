/*
 * Takes the place of librdkafka's file of this name: the headers of a message are kept as they go on the
 * wire, in one piece of memory.
 *
 * As it comes, librdkafka allocates each header, frees it, and writes it in four steps. With the eight
 * headers of an event that was more than half of what its producer spent on a message (bench/results.md).
 */
#ifndef _RDKAFKA_HEADER_H
#define _RDKAFKA_HEADER_H

/* Room for the headers of an event; more of them move to memory of their own. */
#define RD_KAFKA_HEADERS_INLINE 256

struct rd_kafka_headers_s {
  size_t rkhdrs_cnt;      /* How many there are */
  size_t rkhdrs_ser_size; /* Their size on the wire: what is used of rkhdrs_wire */
  size_t rkhdrs_room;     /* The size of rkhdrs_wire */
  char* rkhdrs_wire;      /* For each: length of name, name, length of value (-1: null), value */
  rd_list_t rkhdrs_list;  /* (rd_kafka_header_t *): made when one is asked for, empty until then */
  char rkhdrs_inline[RD_KAFKA_HEADERS_INLINE];
};

/* One that was asked for. Name and value end with a NUL, which does not count. */
typedef struct rd_kafka_header_s {
  size_t rkhdr_value_size;
  size_t rkhdr_name_size;
  char* rkhdr_value; /* NULL: a null value */
  char rkhdr_name[1];
} rd_kafka_header_t;

static RD_INLINE RD_UNUSED size_t rd_kafka_headers_serialized_size(const rd_kafka_headers_t* hdrs) {
  return hdrs->rkhdrs_ser_size;
}

#endif /* _RDKAFKA_HEADER_H */
