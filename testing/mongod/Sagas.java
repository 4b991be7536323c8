import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.memory.MemoryCollection;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A collection that works as hard for a write as MongoDB does, where the library would work much harder. */
class Sagas extends MemoryCollection {
  private static final Set<String> PLAIN = Set.of("$set", "$unset", "$push");

  Sagas(MongoDatabase database, String name, CollectionOptions options, CursorRegistry cursors) {
    super(database, name, options, cursors);
  }

  /** Measuring a document is writing all of it. */
  @Override
  protected boolean tracksDataSize() {
    return false;
  }

  /** The library uses an index only where the query has no key but the index's. */
  @Override
  protected QueryResult queryDocuments(
      Document query, Document sort, int skip, int limit, int batch, Document projection) {
    for (Index<Integer> index : getIndexes()) {
      if (!index.isUnique() || index.getKeys().size() != 1) continue;
      String key = index.getKeys().get(0).getKey();
      Object value = equal(query, key);
      if (value == null) continue;
      Document only = new Document(key, value);
      if (index.canHandle(only))
        return matchDocuments(query, index.getPositions(only), sort, skip, limit, batch, projection);
    }
    return super.queryDocuments(query, sort, skip, limit, batch, projection);
  }

  private static Object equal(Document query, String key) {
    Object value = query.get(key);
    if (value instanceof String) return value;
    if (!(query.get("$and") instanceof Collection<?> parts)) return null;
    for (Object part : parts) {
      if (part instanceof Document document && equal(document, key) instanceof String found) return found;
    }
    return null;
  }

  /** Changes what is to be changed; the library copies the whole document twice and compares it, at every update. */
  @Override
  public synchronized Document updateDocuments(
      Document selector, Document update, ArrayFilters filters, boolean isMulti, boolean isUpsert, Oplog oplog) {
    if (!isMulti && !isUpsert && isPlain(update)) {
      for (Document found : queryDocuments(selector, null, 0, 0, 0, null)) {
        if (!fits(found, update)) break;
        for (String operator : update.keySet()) {
          ((Document) update.get(operator)).forEach((path, value) -> change(found, operator, path, value));
        }
        return new Document("n", 1).append("nModified", 1);
      }
    }
    return super.updateDocuments(selector, update, filters, isMulti, isUpsert, oplog);
  }

  /** Fields, and fields of fields, that no index of ours is made of; elements as they are. */
  private boolean isPlain(Document update) {
    for (Map.Entry<String, Object> part : update.entrySet()) {
      if (!PLAIN.contains(part.getKey()) || !(part.getValue() instanceof Document fields)) return false;
      for (Map.Entry<String, Object> field : fields.entrySet()) {
        String path = field.getKey();
        if (path.indexOf('.') != path.lastIndexOf('.') || path.contains("$") || path.endsWith(".")) return false;
        for (Index<Integer> index : getIndexes()) if (index.isUnique() && touches(index, path)) return false;
        if (field.getValue() instanceof Document value && value.keySet().stream().anyMatch(key -> key.startsWith("$")))
          return false;
      }
    }
    return true;
  }

  private static boolean touches(Index<Integer> index, String path) {
    String first = path.split("\\.", 2)[0];
    return index.getKeys().stream().anyMatch(key -> key.getKey().split("\\.", 2)[0].equals(first));
  }

  /** Whatever is not there as it should be is the library's to judge. */
  private static boolean fits(Document found, Document update) {
    for (String operator : update.keySet()) {
      for (String path : ((Document) update.get(operator)).keySet()) {
        int dot = path.indexOf('.');
        if (dot >= 0 && !(found.get(path.substring(0, dot)) instanceof Document)) return false;
        Object there = dot < 0 ? found.get(path) : ((Document) found.get(path.substring(0, dot))).get(path.substring(dot + 1));
        if (operator.equals("$push") && !(there instanceof List<?>)) return false;
      }
    }
    return true;
  }

  /** An answer may be on its way that shows what was there before: what is inside is replaced, not changed. */
  private static void change(Document document, String operator, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot >= 0) {
      Document inner = ((Document) document.get(path.substring(0, dot))).clone();
      change(inner, operator, path.substring(dot + 1), value);
      document.put(path.substring(0, dot), inner);
    } else if (operator.equals("$unset")) {
      document.remove(path);
    } else if (operator.equals("$set")) {
      document.put(path, value);
    } else {
      List<Object> list = new ArrayList<>((Collection<?>) document.get(path));
      list.add(value);
      document.put(path, list);
    }
  }
}
