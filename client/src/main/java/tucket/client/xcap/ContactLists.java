// The user's lists of contacts, and whom he has blocked.
package tucket.client.xcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tucket.client.Refused;
import tucket.protocol.document.XmlElement;
import tucket.protocol.document.XmlWriter;
import tucket.protocol.xcap.XcapEdit;
import tucket.protocol.xcap.XcapUri;

/// The lists of the document `index` of resource-lists (RFC 4826). Blocking is a list by the name that OMA XDM gives it, and an access rule that
/// points at that list. Calls block and throw as [XdmClient] does.
public final class ContactLists {
  /// Whom the user has blocked, by the convention of OMA XDM.
  public static final String BLOCKED = "oma_blockedcontacts";

  private static final String LISTS = "resource-lists";
  private static final String TYPE = "application/resource-lists+xml";
  private static final String NAMESPACE = "urn:ietf:params:xml:ns:resource-lists";
  private static final String RULES = "org.openmobilealliance.access-rules";
  private static final String RULES_TYPE = "application/auth-policy+xml";
  private static final String RULE = "blockedcontacts";
  private static final int MAX_BYTES = 8 << 20;
  /// How servers say that a node's parent is not there: RFC 4825 section 8.2.3 wants 409, Kamailio answers 500.
  private static final Set<Integer> NO_PARENT = Set.of(409, 500);

  private final XdmClient xdm;
  private final String document;

  public ContactLists(XdmClient xdm) {
    this.xdm = xdm;
    this.document = xdm.own(LISTS, "index");
  }

  /// A list: its name and who is in it.
  public record Contacts(String name, List<Contact> contacts) {
    public Contacts {
      contacts = List.copyOf(contacts);
    }
  }

  /// Somebody in a list; an empty `displayName` for none.
  public record Contact(String uri, String displayName) {}

  /// All lists of the first level.
  public List<Contacts> all() {
    Optional<XdmClient.Found> found = xdm.get(document);
    if (found.isEmpty()) {
      return List.of();
    }
    List<Contacts> lists = new ArrayList<>();
    for (XmlElement list : XmlElement.parse(found.get().body(), "resource-lists", MAX_BYTES).children("list")) {
      List<Contact> contacts = new ArrayList<>();
      for (XmlElement entry : list.children("entry")) {
        contacts.add(new Contact(entry.required("uri"), entry.textOf("display-name").orElse("")));
      }
      lists.add(new Contacts(list.attribute("name").orElse(""), contacts));
    }
    return lists;
  }

  /// The contacts of one list; empty where there is none of that name.
  public Optional<Contacts> list(String name) {
    return all().stream().filter(l -> l.name().equals(name)).findFirst();
  }

  /// Puts somebody into a list, which is made where it is not there. Only that one entry is written.
  public void add(String list, Contact contact) {
    byte[] entry = fragment("entry", "uri", contact.uri(), contact.displayName());
    String path = document + "/~~/" + selector(list) + "/" + step("entry", "uri", contact.uri());
    try {
      xdm.put(path, XcapEdit.ELEMENT, entry, Optional.empty());
    } catch (Refused refused) {
      if (!NO_PARENT.contains(refused.status())) {
        throw refused;
      }
      create(list);
      xdm.put(path, XcapEdit.ELEMENT, entry, Optional.empty());
    }
  }

  /// Takes somebody out of a list; false where he was not in it.
  public boolean remove(String list, String uri) {
    return xdm.delete(document + "/~~/" + selector(list) + "/" + step("entry", "uri", uri));
  }

  /// Removes a whole list; false where there is none.
  public boolean drop(String list) {
    return xdm.delete(document + "/~~/" + selector(list));
  }

  private void create(String list) {
    if (xdm.get(document).isEmpty()) {
      byte[] fresh = new XmlWriter().open("resource-lists").attribute("xmlns", NAMESPACE).toBytes();
      xdm.put(document, TYPE, fresh, Optional.empty());
    }
    if (xdm.get(document + "/~~/" + selector(list)).isEmpty()) {
      xdm.put(document + "/~~/" + selector(list), XcapEdit.ELEMENT, fragment("list", "name", list, ""), Optional.empty());
    }
  }

  /// Blocks somebody: his messages and invitations are refused from the answer on. The rule is written before the list that it points at: where
  /// the rule is refused nobody is listed as blocked who is not.
  public void block(String uri) {
    String rules = xdm.own(RULES, "access-rules");
    String rule = rules + "/~~/ruleset/" + step("rule", "id", RULE);
    if (xdm.get(rule).isEmpty()) {
      if (xdm.get(rules).isEmpty()) {
        xdm.put(rules, RULES_TYPE, ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\"/>\n")
            .getBytes(StandardCharsets.UTF_8), Optional.empty());
      }
      xdm.put(rule, XcapEdit.ELEMENT, rule().getBytes(StandardCharsets.UTF_8), Optional.empty());
    }
    add(BLOCKED, new Contact(uri, ""));
  }

  private String rule() {
    String anchor = escaped(xdm.uri(document) + "/~~/" + selector(BLOCKED));
    return "<rule xmlns=\"urn:ietf:params:xml:ns:common-policy\" id=\"" + RULE + "\"><conditions>"
        + "<external-list xmlns=\"urn:oma:xml:xdm:common-policy\"><entry anc=\"" + anchor + "\"/></external-list></conditions>"
        + "<actions><allow-reject-invite xmlns=\"urn:oma:xml:xdm:extensions\">true</allow-reject-invite></actions></rule>";
  }

  /// Whom the user has blocked.
  public List<Contact> blocked() {
    return list(BLOCKED).map(Contacts::contacts).orElse(List.of());
  }

  /// Lets somebody through again; false where he was not blocked.
  public boolean unblock(String uri) {
    return remove(BLOCKED, uri);
  }

  private static String selector(String list) {
    return "resource-lists/" + step("list", "name", list);
  }

  private static String step(String element, String attribute, String value) {
    return XcapUri.escape(element + "[@" + attribute + "=\"" + escaped(value) + "\"]");
  }

  private static byte[] fragment(String element, String attribute, String value, String displayName) {
    String start = "<" + element + " xmlns=\"" + NAMESPACE + "\" " + attribute + "=\"" + escaped(value) + "\"";
    String text = displayName.isEmpty() ? start + "/>" : start + "><display-name>" + escaped(displayName) + "</display-name></" + element + ">";
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
