-- One row for each call from another node that a body has stored something for, with its answer, until its caller can't
-- ask again. Times are milliseconds since 1970-01-01T00:00Z.
create table if not exists greenroom_call (
  id varchar(36) not null primary key,
  handler varchar(200) not null,
  key_ varchar(200) not null,
  answer longtext not null,
  until_ bigint not null,
  index greenroom_call_until (until_)
) character set utf8mb4 collate utf8mb4_0900_bin;
