// A DNS server for tests: a table of records, over UDP and TCP on a free port of loopback.
package tucket.transport.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsOpCode;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Names without a record get NXDOMAIN, or an empty answer where they have one of another type. Every question is noted as `TYPE name`.
final class LittleDns implements AutoCloseable {
  final List<String> questions = new CopyOnWriteArrayList<>();
  /// Questions (`TYPE name`) that are left without an answer.
  final Set<String> silent = ConcurrentHashMap.newKeySet();
  /// Questions that get a failure.
  final Map<String, DnsResponseCode> failing = new ConcurrentHashMap<>();
  /// Questions whose answer over UDP is cut off, so that they are asked again over TCP.
  final Set<String> truncated = ConcurrentHashMap.newKeySet();

  private final Map<String, List<Row>> table = new ConcurrentHashMap<>();
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel udp;

  private record Row(String owner, DnsRecordType type, int ttl, byte[] data) {}

  LittleDns() {
    udp = bindBoth();
  }

  /// UDP and TCP must share a port number; another one is taken where the second is not free.
  private Channel bindBoth() {
    Throwable last = null;
    for (int attempt = 0; attempt < 50; attempt++) {
      Channel datagrams = datagrams().bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
      ChannelFuture streams = streams().bind(datagrams.localAddress()).awaitUninterruptibly();
      if (streams.isSuccess()) {
        return datagrams;
      }
      last = streams.cause();
      datagrams.close().awaitUninterruptibly();
    }
    throw new IllegalStateException("no port is free for UDP and TCP", last);
  }

  private Bootstrap datagrams() {
    return new Bootstrap()
        .group(loop)
        .channel(NioDatagramChannel.class)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Udp());
              }
            });
  }

  private ServerBootstrap streams() {
    return new ServerBootstrap()
        .group(loop)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new Tcp());
              }
            });
  }

  InetSocketAddress address() {
    return (InetSocketAddress) udp.localAddress();
  }

  LittleDns a(String name, String address) {
    return row(name, DnsRecordType.A, 60, InetAddress.ofLiteral(address).getAddress());
  }

  LittleDns a(String name, String address, int ttl) {
    return row(name, DnsRecordType.A, ttl, InetAddress.ofLiteral(address).getAddress());
  }

  LittleDns aaaa(String name, String address) {
    return row(name, DnsRecordType.AAAA, 60, InetAddress.ofLiteral(address).getAddress());
  }

  LittleDns cname(String name, String target) {
    return row(name, DnsRecordType.CNAME, 60, bytes(writeName(Unpooled.buffer(), target)));
  }

  LittleDns srv(String name, int priority, int weight, int port, String target) {
    ByteBuf data = Unpooled.buffer().writeShort(priority).writeShort(weight).writeShort(port);
    return row(name, DnsRecordType.SRV, 60, bytes(writeName(data, target)));
  }

  LittleDns naptr(String name, int order, int preference, String flags, String service, String expression, String replacement) {
    ByteBuf data = Unpooled.buffer().writeShort(order).writeShort(preference);
    for (String text : List.of(flags, service, expression)) {
      data.writeByte(text.length()).writeCharSequence(text, StandardCharsets.US_ASCII);
    }
    return row(name, DnsRecordType.NAPTR, 60, bytes(writeName(data, replacement)));
  }

  /// A record whose data is whatever it is.
  LittleDns raw(String name, DnsRecordType type, byte[] data) {
    return row(name, type, 60, data);
  }

  private LittleDns row(String name, DnsRecordType type, int ttl, byte[] data) {
    table.computeIfAbsent(name, key -> new CopyOnWriteArrayList<>()).add(new Row(name, type, ttl, data));
    return this;
  }

  private static ByteBuf writeName(ByteBuf to, String name) {
    for (String label : name.split("\\.")) {
      if (!label.isEmpty()) {
        to.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
      }
    }
    return to.writeByte(0);
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = new byte[buffer.readableBytes()];
    buffer.readBytes(bytes).release();
    return bytes;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /// Fills in the answer; false: say nothing.
  private boolean answer(DnsQuery query, DnsResponse response, boolean overTcp) {
    DnsQuestion asked = query.recordAt(DnsSection.QUESTION);
    String name = DnsType.plain(asked.name());
    String question = asked.type().name() + " " + name;
    questions.add(question);
    response.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(asked.name(), asked.type()));
    if (silent.contains(question)) {
      return false;
    }
    if (failing.containsKey(question)) {
      response.setCode(failing.get(question));
      return true;
    }
    if (!overTcp && truncated.contains(question)) {
      response.setTruncated(true);
      return true;
    }
    List<Row> rows = table.getOrDefault(name, List.of());
    if (rows.isEmpty()) {
      response.setCode(DnsResponseCode.NXDOMAIN);
    }
    for (Row row : rows) {
      if (row.type.equals(asked.type()) || row.type.equals(DnsRecordType.CNAME)) {
        ByteBuf data = Unpooled.wrappedBuffer(row.data);
        response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(row.owner + ".", row.type, row.ttl, data));
      }
    }
    return true;
  }

  private final class Udp extends SimpleChannelInboundHandler<DatagramDnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
      DatagramDnsResponse response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
      if (answer(query, response, false)) {
        context.writeAndFlush(response);
      }
    }
  }

  private final class Tcp extends SimpleChannelInboundHandler<DnsQuery> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
      DefaultDnsResponse response = new DefaultDnsResponse(query.id(), DnsOpCode.QUERY);
      if (answer(query, response, true)) {
        context.writeAndFlush(response);
      }
    }
  }
}
