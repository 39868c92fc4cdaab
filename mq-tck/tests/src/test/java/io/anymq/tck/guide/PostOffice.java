package io.anymq.tck.guide;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * An imaginary broker inside this JVM: boxes keep letters, and a list copies a letter into the box
 * of each of its members. One enters by a door, and is thrown out when it is shut. It has no
 * cellar: what was in it is gone once it has closed.
 */
final class PostOffice {

  static final String FRONT_DOOR = "front";
  static final String SIDE_DOOR = "side";

  private static final ConcurrentMap<String, PostOffice> OFFICES = new ConcurrentHashMap<>();

  /** Fair, so that who waits longest is served first. */
  final ReentrantLock lock = new ReentrantLock(true);

  final Condition changed = lock.newCondition();
  final Map<String, PostBox> boxes = new HashMap<>();
  final Map<String, Set<PostBox>> lists = new HashMap<>();
  private final Set<PostVisit> visits = new HashSet<>();
  private final Set<String> openDoors = new HashSet<>();

  private PostOffice() {}

  /** Builds an office with open doors. */
  static PostOffice build(String town) {
    PostOffice office = new PostOffice();
    office.open(FRONT_DOOR);
    office.open(SIDE_DOOR);
    OFFICES.put(town, office);
    return office;
  }

  /** Closes the office, and it is no more. */
  static void demolish(String town) {
    PostOffice office = OFFICES.remove(town);
    if (office != null) {
      office.close();
    }
  }

  /** Throws everybody out, and throws all boxes and lists away. */
  void close() {
    shut(FRONT_DOOR);
    shut(SIDE_DOOR);
    lock.lock();
    try {
      boxes.clear();
      lists.clear();
    } finally {
      lock.unlock();
    }
  }

  /** The way in: what other libraries call a connection. */
  static PostVisit visit(String town, String door) throws PostException {
    PostOffice office = OFFICES.get(town);
    if (office == null) {
      throw new PostException(PostException.Why.SHUT, "There is no post office in " + town);
    }
    return office.enter(door);
  }

  void open(String door) {
    lock.lock();
    try {
      openDoors.add(door);
    } finally {
      lock.unlock();
    }
  }

  void shut(String door) {
    endVisitsBy(door).forEach(PostVisit::tellThrownOut);
  }

  private List<PostVisit> endVisitsBy(String door) {
    lock.lock();
    try {
      openDoors.remove(door);
      List<PostVisit> out = visits.stream().filter(visit -> visit.door().equals(door)).toList();
      out.forEach(PostVisit::end);
      return out;
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  void left(PostVisit visit) {
    visits.remove(visit);
    changed.signalAll();
  }

  private PostVisit enter(String door) throws PostException {
    lock.lock();
    try {
      if (!openDoors.contains(door)) {
        throw new PostException(PostException.Why.SHUT, "The " + door + " door is shut");
      }
      PostVisit visit = new PostVisit(this, door);
      visits.add(visit);
      return visit;
    } finally {
      lock.unlock();
    }
  }
}
