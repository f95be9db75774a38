-- One row for each key of a durable handler. Times are milliseconds since 1970-01-01T00:00Z.
create table if not exists greenroom_row (
  handler varchar(200) not null,
  key_ varchar(200) not null,
  version bigint not null,
  shape integer not null,
  stored text,
  state varchar(200),
  args text,
  status varchar(20),
  since bigint,
  deadline_at bigint,
  node varchar(100),
  error varchar(2000),
  primary key (handler, key_)
);
create index if not exists greenroom_row_deadline on greenroom_row (handler, deadline_at);
create index if not exists greenroom_row_state on greenroom_row (handler, state, since);
create index if not exists greenroom_row_node on greenroom_row (node);
-- One row for each process that runs bodies of states, and when it was seen last.
create table if not exists greenroom_node (
  id varchar(100) not null primary key,
  seen_at bigint not null
);
