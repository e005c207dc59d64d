# frozen_string_literal: true

# Runs cells of Ruby; kernel.py says how the two speak.
module Jupyter
  require "ripper"

  MARK = "\x1e\x04\x1e"
  REQUESTS = File.open(ARGV.shift, "rb")
  REPLIES = File.open(ARGV.shift, "wb")
  SCOPE = TOPLEVEL_BINDING.dup

  # The user's words are standard input.
  class Input
    def gets(*)
      $stdout.flush
      Jupyter.reply("ask", "")
      answer = Jupyter.request[1]
      answer unless answer.empty?
    end

    def read(*) = gets.to_s
    def each_line = (yield gets)
    alias readline gets
  end

  # What Jupyter shows instead of text.
  def self.display(data, type = "text/html")
    reply("display", data.to_s, type)
    nil
  end

  def self.reply(kind, text, argument = "-")
    data = text.dup.force_encoding("BINARY")
    REPLIES.write("#{kind} #{argument} #{data.bytesize}\n".b + data)
    REPLIES.flush
  end

  def self.request
    head = REQUESTS.gets or exit!
    kind, _, length = head.split
    [kind, REQUESTS.read(length.to_i).to_s.force_encoding("UTF-8")]
  end

  def self.done
    [STDOUT, STDERR].each do |output|
      output.flush
      output.syswrite(MARK)
    rescue IOError, SystemCallError
      next
    end
    reply("done", "")
  end

  def self.execute(code)
    Signal.trap("INT") { raise Interrupt, "" }
    result = SCOPE.eval(code, "(cell)")
    reply("result", result.inspect) unless result.nil?
  rescue Exception => error # Also what a cell raises to end the program.
    trace = error.backtrace.to_a.take_while { |line| !line.include?(__FILE__) }
    reply("error", "#{error.class}\n#{error.message}")
    reply("trace", trace.join("\n"))
  ensure
    Signal.trap("INT", "IGNORE")
  end

  def self.check(code)
    return "complete" if Ripper.sexp(code)

    errors = Class.new(Ripper) do
      attr_reader :said

      def on_parse_error(message) = (@said ||= message)
      def compile_error(message) = (@said ||= message)
    end.new(code).tap(&:parse).said.to_s
    errors.match?(/end-of-input|end of file|unterminated/) ? "incomplete" : "invalid"
  end

  def self.owner(word)
    receiver, dot, name = word.rpartition(/\.|::/)
    [dot.empty? ? nil : SCOPE.eval(receiver), "#{receiver}#{dot}", name]
  end

  def self.matches(word)
    object, before, name = owner(word)
    names = if before.empty?
              SCOPE.local_variables + SCOPE.receiver.methods + SCOPE.receiver.private_methods + Object.constants + global_variables
            else
              object.methods + (object.is_a?(Module) ? object.constants : [])
            end
    names.map(&:to_s).select { |each| each.start_with?(name) }.map { |each| before + each }
  rescue StandardError, SyntaxError
    []
  end

  def self.inspection(word)
    object, before, name = owner(word)
    object = SCOPE.receiver if before.empty?
    unless name.match?(/\A[A-Z]/) || SCOPE.local_variables.include?(name.to_sym)
      method = object.method(name)
      return "#{method.inspect}\n#{method.source_location&.join(":")}".strip
    end
    value = SCOPE.eval(word)
    "#{word} = #{value.inspect}\n#{value.class}"
  rescue StandardError, SyntaxError
    ""
  end

  def self.main
    Signal.trap("INT", "IGNORE")
    reply("version", RUBY_VERSION)
    done
    loop do
      kind, text = request
      case kind
      when "execute" then execute(text)
      when "check" then reply("status", check(text))
      when "complete" then reply("match", matches(text).join("\n"))
      when "inspect" then reply("text", inspection(text))
      end
      done
    end
  end
end

Encoding.default_external = Encoding.default_internal = Encoding::UTF_8
$stdin = Jupyter::Input.new
$stdout.sync = true
Jupyter.main
