import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import io.netty.channel.Channel;
import java.util.List;

/**
 * A server that speaks MongoDB's wire protocol, in memory: java -cp … [-Dset=NAME] Mongod PORT. It says `listening` when it is.
 * Told to play a replica set, it is one of itself alone. Nobody can log in. Nobody may see or create the indexes of a collection
 * whose name begins with `foreign`, and of one that begins with `visible` create any but that on `sagaId`. One that begins with
 * `readonly` may be read.
 */
public class Mongod {
  private static final String SET = System.getProperty("set");

  /** The library's own versions are too old for the driver, which wants the wire of 4.4 or newer. */
  private record Version(List<Integer> getVersionArray, int getWireVersion) implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return getVersionArray;
    }

    @Override
    public int getWireVersion() {
      return getWireVersion;
    }
  }

  private static class Backend extends MemoryBackend {
    private final String address;

    Backend(String address) {
      this.address = address;
    }

    @Override
    public MemoryDatabase openOrCreateDatabase(String database) {
      CursorRegistry cursors = getCursorRegistry();
      return new MemoryDatabase(database, cursors) {
        @Override
        protected MemoryCollection openOrCreateCollection(String name, CollectionOptions options) {
          return new Sagas(this, name, options, cursors);
        }
      };
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      if (command.equalsIgnoreCase("saslStart"))
        throw new MongoServerError(18, "AuthenticationFailed", "Authentication failed.");
      if (isForbidden(command, query))
        throw new MongoServerError(13, "Unauthorized", "not authorized on " + database + " to execute command");
      Document answer = super.handleCommand(channel, database, command, query);
      if (SET != null && command.equalsIgnoreCase("isMaster")) {
        answer.append("setName", SET).append("setVersion", 1).append("me", address).append("primary", address);
        answer.append("hosts", List.of(address)).append("secondary", false);
      }
      return answer;
    }
  }

  private static boolean isForbidden(String command, Document query) {
    String collection = String.valueOf(query.get(command));
    boolean isCreation = command.equalsIgnoreCase("createIndexes");
    if (collection.startsWith("foreign")) return isCreation || command.equalsIgnoreCase("listIndexes");
    if (collection.startsWith("readonly")) return command.equalsIgnoreCase("update") || command.equalsIgnoreCase("insert");
    return isCreation && collection.startsWith("visible") && String.valueOf(query).contains("history.");
  }

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    Backend backend = new Backend("127.0.0.1:" + port);
    backend.version(new Version(List.of(5, 0, 0), 13));
    new MongoServer(backend).bind("127.0.0.1", port);
    System.out.println("listening");
    Thread.currentThread().join();
  }
}
