package io.anymq.tck.guide;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What other client libraries call a connection. For many threads. */
final class PostVisit {

  /** What is done in the office. */
  @FunctionalInterface
  interface Errand<T> {
    T run() throws PostException;
  }

  final PostOffice office;
  private final String door;
  private final Set<PostWindow> windows = new LinkedHashSet<>();
  private final CompletableFuture<Void> thrownOut = new CompletableFuture<>();
  private boolean over;

  PostVisit(PostOffice office, String door) {
    this.office = office;
    this.door = door;
  }

  String door() {
    return door;
  }

  /** Has this run when the visit is ended by the office; at once if it has been. */
  void whenThrownOut(Runnable action) {
    var unused = thrownOut.thenRun(action);
  }

  void makeBox(String box) throws PostException {
    inside(() -> office.boxes.computeIfAbsent(box, name -> new PostBox()));
  }

  boolean hasBox(String box) throws PostException {
    return inside(() -> office.boxes.containsKey(box));
  }

  /** Removes a box with its letters; windows on it end. */
  void removeBox(String box) throws PostException {
    inside(
        () -> {
          remove(office.boxes.remove(box));
          return true;
        });
  }

  /** How many letters wait in a box; those that are leased do not. */
  int waiting(String box) throws PostException {
    return inside(() -> box(box).waiting());
  }

  void makeList(String list) throws PostException {
    inside(() -> office.lists.computeIfAbsent(list, name -> new HashSet<>()));
  }

  boolean hasList(String list) throws PostException {
    return inside(() -> office.lists.containsKey(list));
  }

  /** Removes a list; windows on it end. */
  void removeList(String list) throws PostException {
    inside(
        () -> {
          Set<PostBox> members = office.lists.remove(list);
          List.copyOf(members == null ? Set.<PostBox>of() : members).forEach(this::remove);
          return true;
        });
  }

  /** Puts a letter into a box. The receipt comes when the office has it, or says why it has not. */
  CompletableFuture<Void> put(String box, Letter letter) {
    return receipt(
        () -> {
          box(box).add(letter);
          return true;
        });
  }

  /** Puts a copy of a letter into the box of each member of a list. */
  CompletableFuture<Void> circulate(String list, Letter letter) {
    return receipt(
        () -> {
          members(list).forEach(box -> box.add(letter));
          return true;
        });
  }

  /** A window to take letters from a box. */
  PostWindow openWindow(String box) throws PostException {
    return inside(() -> keep(new PostWindow(this, box(box), () -> {})));
  }

  /** A window with a box of its own on a list; the box goes when the window closes. */
  PostWindow joinList(String list) throws PostException {
    return inside(
        () -> {
          PostBox own = new PostBox();
          Set<PostBox> members = members(list);
          members.add(own);
          return keep(new PostWindow(this, own, () -> members.remove(own)));
        });
  }

  /** Ends the visit; letters that are leased by its windows go back. */
  void leave() {
    office.lock.lock();
    try {
      end();
    } finally {
      office.lock.unlock();
    }
  }

  /** Under the lock. */
  void end() {
    over = true;
    List.copyOf(windows).forEach(PostWindow::end);
    office.left(this);
  }

  void tellThrownOut() {
    thrownOut.complete(null);
  }

  /** Under the lock. */
  void forget(PostWindow window) {
    windows.remove(window);
  }

  <T> T inside(Errand<T> errand) throws PostException {
    office.lock.lock();
    try {
      if (over) {
        throw new PostException(PostException.Why.GONE, "The visit is over");
      }
      T result = errand.run();
      office.changed.signalAll();
      return result;
    } finally {
      office.lock.unlock();
    }
  }

  private CompletableFuture<Void> receipt(Errand<Boolean> errand) {
    CompletableFuture<Void> receipt = new CompletableFuture<>();
    try {
      inside(errand);
      receipt.complete(null);
    } catch (PostException e) {
      receipt.completeExceptionally(e);
    }
    return receipt;
  }

  private PostWindow keep(PostWindow window) {
    windows.add(window);
    return window;
  }

  private void remove(@Nullable PostBox box) {
    if (box != null) {
      box.remove();
    }
  }

  private PostBox box(String name) throws PostException {
    return require(office.boxes.get(name), "box " + name);
  }

  private Set<PostBox> members(String list) throws PostException {
    return require(office.lists.get(list), "list " + list);
  }

  private static <T> T require(@Nullable T found, String what) throws PostException {
    if (found == null) {
      throw new PostException(PostException.Why.UNKNOWN_ADDRESS, "There is no " + what);
    }
    return found;
  }
}
