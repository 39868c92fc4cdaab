package io.anymq.kafka;

import io.anymq.ErrorCode;
import io.anymq.MessagingException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is noted of topics, in their settings. Safe for use by several threads. */
final class TopicRemarks {

  private static final Logger LOG = LoggerFactory.getLogger(TopicRemarks.class);
  private static final String REMARK = TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG;
  private static final String TRANSACTIONAL = "1";

  private final KafkaCalls calls;
  private final KafkaTopology topology;

  TopicRemarks(KafkaCalls calls, KafkaTopology topology) {
    this.calls = calls;
    this.topology = topology;
  }

  /** Whether a topic holds, or may have held, records that were written in transactions. */
  boolean isTransactional(String topic) {
    return TRANSACTIONAL.equals(topology.settings(topic).get(REMARK));
  }

  /**
   * Notes that a topic holds records that were written in transactions, whose markers are no
   * messages. A topic has no setting for remarks; this one means nothing where nothing is
   * compacted.
   */
  void markTransactional(String topic) {
    try {
      if (!isTransactional(topic)) {
        AlterConfigOp change =
            new AlterConfigOp(new ConfigEntry(REMARK, TRANSACTIONAL), AlterConfigOp.OpType.SET);
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        calls.await(
            calls.admin().incrementalAlterConfigs(Map.of(resource, List.of(change))).all(),
            "to change settings of topic " + topic);
      }
    } catch (MessagingException e) {
      if (e.code() != ErrorCode.ACCESS_REFUSED) {
        throw e;
      }
      LOG.warn("Topic {} cannot be marked; its depth counts what is no message", topic, e);
    }
  }
}
