-- One row for each key of a durable handler. Times are milliseconds since 1970-01-01T00:00Z.
-- The collation tells 'Ann' from 'ann' and 'ann ', and ids are short enough for an index of both.
create table if not exists greenroom_row (
  handler varchar(200) not null,
  key_ varchar(200) not null,
  version bigint not null,
  shape integer not null,
  stored longtext,
  state varchar(200),
  args longtext,
  status varchar(20),
  since bigint,
  deadline_at bigint,
  node varchar(100),
  error varchar(2000),
  primary key (handler, key_),
  index greenroom_row_deadline (handler, deadline_at),
  index greenroom_row_state (handler, state, since),
  index greenroom_row_node (node)
) character set utf8mb4 collate utf8mb4_nopad_bin;
-- One row for each process that runs bodies of states, and when it was seen last.
create table if not exists greenroom_node (
  id varchar(100) not null primary key,
  seen_at bigint not null
) character set utf8mb4 collate utf8mb4_nopad_bin;
