#include "written_message.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace callboard::oracle {
namespace {

class Writer {
  public:
    explicit Writer(const Draw& draw) : draw_(draw) {}

    std::string message() {
        const std::string method = any({"INVITE", "BYE", "REGISTER", "CANCEL", "NOTIFY", "FLY-2.0~"});
        std::string text = chance() ? method + " " + request_uri() + " SIP/2.0\r\n" : status_line();
        std::vector<std::string> headers;
        for (std::size_t i = draw_(3) + 1; i > 0; --i) headers.push_back(header({"Via", "v"}, vias()));
        std::vector<std::string> others = {
            header({"From", "f"}, address(true)), header({"To", "t"}, address(chance())),
            header({"Call-ID", "i"}, call_id()), header({"CSeq"}, cseq() + some_blanks() + method)};
        for (std::size_t i = draw_(3); i > 0; --i) others.push_back(header({"Contact", "m"}, contacts()));
        if (rarely()) others.push_back(header({"Contact"}, "*"));
        if (chance()) others.push_back(header({"Expires"}, std::to_string(draw_(100000))));
        if (chance()) others.push_back(header({"Privacy"}, "id"));
        if (chance()) others.push_back(header({"Reason"}, "Q.850;cause=16;text=\"Terminated, normally\""));
        if (chance()) others.push_back(header({"Subject", "s"}, any({"", "lunch", ";;,\"<", "a : b"})));
        if (chance()) others.push_back(header({"X-Unknown"}, "<sip:x@y>;tag=no, branch=none"));
        const std::string body =
            rarely() ? "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n" : "";
        if (!body.empty()) others.push_back(header({"Content-Type", "c"}, "application/sdp"));
        others.push_back(header({"Content-Length", "l"}, std::to_string(body.size())));
        // The order of Via among themselves means something, that of the rest does not.
        for (std::size_t i = others.size(); i > 1; --i) std::swap(others[i - 1], others[draw_(i)]);
        const auto place = static_cast<std::ptrdiff_t>(draw_(others.size() + 1));
        headers.insert(headers.begin(), others.begin(), others.begin() + place);
        headers.insert(headers.end(), others.begin() + place, others.end());
        for (const auto& line : headers) text += line;
        return text + "\r\n" + body;
    }

  private:
    bool chance() { return draw_(2) == 1; }
    bool rarely() { return draw_(5) == 4; }
    std::string any(std::vector<std::string> choices) { return choices[draw_(choices.size())]; }

    /// Blanks that may be none, and may hold a fold.
    std::string blanks() { return any({"", "", " ", "  ", "\t", "\r\n ", " \r\n\t"}); }
    /// No tab: libosip2 looks for a space between the words of Via and CSeq.
    std::string some_blanks() { return any({" ", "  ", "\r\n ", " \r\n  "}); }

    std::string word(std::string_view alphabet, std::size_t most) {
        std::string text;
        for (std::size_t i = draw_(most) + 1; i > 0; --i) text += alphabet[draw_(alphabet.size())];
        return text;
    }
    std::string token() { return word("abcXYZ0189-.!%*_+`'~", 12); }

    std::string header(std::vector<std::string> names, const std::string& value) {
        std::string name = names[draw_(names.size())];
        if (rarely())
            for (char& c : name)
                if (chance())
                    c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c >= 'A' && c <= 'Z' ? c + 32 : c);
        return name + any({"", "", " ", "\t"}) + ":" + any({" ", "", "  ", "\t", "\r\n "}) + value +
               any({"", "", " "}) + "\r\n";
    }

    std::string host() {
        return any({"example.com", "192.0.2.1", "h", "my-host.example.org", "[2001:db8::9]"});
    }
    std::string port() { return chance() ? "" : ":" + std::to_string(draw_(65535) + 1); }
    std::string user() {
        return any({"alice", "+33123456789", "1001", "*86", "I%20have%20spaces", "%75se%72", "j_user",
                    "a.b-c", "tel;phone-context=x"});
    }
    std::string uri_parameters() {
        std::string text;
        for (std::size_t i = draw_(3); i > 0; --i)
            text += any({";lr", ";transport=tcp", ";user=phone", ";maddr=192.0.2.9", ";x=%41"});
        return text;
    }
    std::string sip_uri() {
        std::string text = any({"sip:", "sip:", "sips:", "SIP:"});
        if (!rarely()) text += user() + (rarely() ? ":pass" : "") + "@";
        return text + host() + port();
    }
    std::string request_uri() { return rarely() ? "tel:+33123456789" : sip_uri() + uri_parameters(); }

    std::string status_line() {
        return "SIP/2.0 " + std::to_string(100 + draw_(600)) + " " +
               any({"OK", "Busy Here", "", "\xd0\xb4\xd0\xb0", "a, b; c"}) + "\r\n";
    }

    std::string parameter(const std::string& name) { return blanks() + ";" + blanks() + name; }
    /// Quoted values are plain: libosip2 takes them apart at a semicolon.
    std::string generic_parameter() {
        const std::string equals = blanks() + "=" + blanks();
        return any({"flag", "x" + equals + token(), "y" + equals + "\"a b\"", "z" + equals + "192.0.2.7"});
    }

    std::string parameters_with(const std::string& one) {
        std::string text;
        for (std::size_t i = draw_(3); i > 0; --i) text += parameter(generic_parameter());
        if (!one.empty()) text += parameter(one);
        for (std::size_t i = draw_(2); i > 0; --i) text += parameter(generic_parameter());
        return text;
    }

    std::string address(bool tagged) {
        const std::string tag = tagged ? any({"tag", "TAG"}) + blanks() + "=" + blanks() + token() : "";
        if (rarely()) return sip_uri() + parameters_with(tag);
        const std::string name =
            any({"", "\"Alice\"" + blanks(), "Bob" + some_blanks(), "J. R. Ewing ", "\"\"",
                 "\"a, <b@c>; tag=no\" ", "\"back\\\\slash and \\\"quote\\\"\"" + blanks(),
                 "\"\xc3\x89lodie\" ", "caller"});
        return name + "<" + sip_uri() + uri_parameters() + ">" + parameters_with(tag);
    }

    std::string contacts() {
        std::string text = address(false);
        for (std::size_t i = draw_(2); i > 0; --i) text += blanks() + "," + blanks() + address(false);
        return text;
    }

    std::string vias() {
        std::string text = via();
        for (std::size_t i = draw_(2); i > 0; --i) text += blanks() + "," + blanks() + via();
        return text;
    }
    std::string via() {
        const std::string slash = rarely() ? " / " : "/";
        std::string text = "SIP" + slash + "2.0" + slash + any({"UDP", "TCP", "TLS", "UNKNOWN"}) +
                           some_blanks() + host() + port();
        return text +
               parameters_with(any({"branch", "Branch"}) + blanks() + "=" + blanks() + "z9hG4bK" + token());
    }

    std::string call_id() { return token() + (chance() ? "@" + any({"192.0.2.1", "example.com"}) : ""); }
    std::string cseq() { return any({"", "00"}) + std::to_string(draw_(2147483647) + 1); }

    const Draw& draw_;
};

constexpr std::array<std::string_view, 24> kPieces = {"\r\n",
                                                      "\n",
                                                      "\r\n ",
                                                      " ",
                                                      "\t",
                                                      ":",
                                                      ";",
                                                      ",",
                                                      "\"",
                                                      "<",
                                                      ">",
                                                      "\\",
                                                      "=",
                                                      "@",
                                                      "?",
                                                      "%",
                                                      ";tag=x",
                                                      ";branch=z9hG4bKx",
                                                      "Call-ID: other\r\n",
                                                      "CSeq: 1 BYE\r\n",
                                                      "Via: SIP/2.0/UDP x\r\n",
                                                      "sip:",
                                                      "SIP/2.0",
                                                      "4294967296"};

}  // namespace

std::string written_message(const Draw& draw) { return Writer(draw).message(); }

std::string mutated(std::string message, const Draw& draw) {
    for (std::size_t changes = draw(4) + 1; changes > 0 && !message.empty(); --changes) {
        const std::size_t at = draw(message.size());
        const std::size_t length = std::min(draw(16) + 1, message.size() - at);
        switch (draw(6)) {
            case 0:
                message[at] = static_cast<char>(draw(256));
                break;
            case 1:
                message.erase(at, length);
                break;
            case 2:
                message.insert(at, std::string(message, at, length));
                break;
            case 3:
                message.insert(at, kPieces[draw(kPieces.size())]);
                break;
            case 4:
                message.insert(draw(message.size()), std::string(message, at, length));
                break;
            default:
                if (draw(4) == 0) message.resize(at);
                break;
        }
    }
    return message;
}

}  // namespace callboard::oracle
