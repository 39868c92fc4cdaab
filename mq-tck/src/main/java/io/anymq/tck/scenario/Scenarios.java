package io.anymq.tck.scenario;

import io.anymq.Capability;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;

/** The classes that hold scenarios, and how one is run. */
public final class Scenarios {

  private static final List<Class<?>> CLASSES =
      List.of(
          MessageScenarios.class,
          SendScenarios.class,
          SendTargetScenarios.class,
          SendLimitScenarios.class,
          BlockingScenarios.class,
          ReceiveScenarios.class,
          CompetingScenarios.class,
          ListenerScenarios.class,
          SettleScenarios.class,
          RejectScenarios.class,
          HeldScenarios.class,
          NaturalScenarios.class,
          RedeliveryScenarios.class,
          PauseScenarios.class,
          IdleScenarios.class,
          PatienceScenarios.class,
          FullMorgueScenarios.class,
          SwallowScenarios.class,
          ExpiryScenarios.class,
          DelayScenarios.class,
          TopicScenarios.class,
          LetterScenarios.class,
          DurableScenarios.class,
          SharedScenarios.class,
          PatternScenarios.class,
          ReplayScenarios.class,
          SelectorDialectScenarios.class,
          SelectorScenarios.class,
          QueueSelectorScenarios.class,
          QueueSelectionScenarios.class,
          DepthScenarios.class,
          DepthKindScenarios.class,
          TransactionScenarios.class,
          SessionScenarios.class,
          AtomicityScenarios.class,
          UnitDelayScenarios.class,
          UnitEdgeScenarios.class,
          DestinationScenarios.class,
          TopicDeletionScenarios.class,
          QueueKindScenarios.class,
          DeclareScenarios.class,
          KeyScenarios.class,
          KeyTurnScenarios.class,
          BrowseScenarios.class,
          TemporaryScenarios.class,
          RequestScenarios.class,
          RequestStageScenarios.class,
          LifecycleScenarios.class,
          CloseScenarios.class,
          CloseTimeScenarios.class,
          InterruptScenarios.class,
          ToolInterruptScenarios.class,
          ListenerCloseScenarios.class,
          RecoveryScenarios.class,
          RecoveryEndScenarios.class,
          OutageEdgeScenarios.class,
          UnheardScenarios.class,
          CrashScenarios.class,
          RestartScenarios.class,
          ManyOutagesScenarios.class,
          ErrorScenarios.class,
          ArgumentScenarios.class,
          ConfigurationScenarios.class,
          SettingScenarios.class,
          CapabilityScenarios.class,
          FilterScenarios.class,
          InteropScenarios.class);

  private Scenarios() {}

  /** The classes, in the order of the specification. */
  public static List<Class<?>> classes() {
    return CLASSES;
  }

  /**
   * Runs a scenario in the calling thread.
   *
   * @param scenario the method
   * @param context what it works with
   * @throws Exception what it throws
   */
  public static void run(Method scenario, ScenarioContext context) throws Exception {
    try {
      scenario.invoke(null, context);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      throw cause instanceof Exception exception ? exception : e;
    }
  }

  /**
   * Verifies that what is not declared is refused.
   *
   * @param missing the capabilities
   * @param context what it works with
   * @throws Exception when one is not refused
   */
  public static void verifyRefusal(Set<Capability> missing, ScenarioContext context)
      throws Exception {
    for (Capability capability : missing) {
      Refusals.verify(capability, context);
    }
  }
}
