#!/bin/sh
# Creates the topics, and offsets for each participant's group. Without them a new group begins at the end of the topic, and a
# command that was sent while it joined would never be answered. Safe to run again.
set -eu
kafka() {
  tool=$1
  shift
  "${KAFKA_BIN:-/opt/kafka/bin}/kafka-$tool.sh" --bootstrap-server "$KAFKA_BROKERS" "$@"
}

for topic in "$COMMANDS_TOPIC" "$EVENTS_TOPIC"; do
  kafka topics --create --if-not-exists --topic "$topic" --partitions 6 --replication-factor 1
done

groups=$(kafka consumer-groups --list)
for group in $GROUPS_OF_PARTICIPANTS; do
  if printf '%s\n' "$groups" | grep -qxF "$group"; then continue; fi
  kafka consumer-groups --group "$group" --topic "$COMMANDS_TOPIC" --reset-offsets --to-earliest --execute
done
