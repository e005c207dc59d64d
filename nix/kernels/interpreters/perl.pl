# Runs cells of Perl; kernel.py says how the two speak.
package Jupyter;

# First, so that none of this program's own names are in a cell's way.
sub evaluate { return eval $_[0] }    ## no critic

use strict;
use warnings;
use IO::Handle;
use PadWalker ();

open my $requests, '<:raw', shift @ARGV or die "$!";
open my $replies,  '>:raw', shift @ARGV or die "$!";
$replies->autoflush(1);
my $mark = "\x1e\x04\x1e";

# What cells have declared with `my`, by name.
our %kept;

sub reply {
    my ($kind, $text, $argument) = @_;
    $argument //= '-';
    local ($,, $\);
    utf8::encode($text);
    print {$replies} "$kind $argument ", length $text, "\n", $text;
    return;
}

sub request {
    local $/ = "\n";
    my $head = readline($requests) // CORE::exit(0);
    my ($kind, undef, $length) = split ' ', $head;
    my $text = '';
    read $requests, $text, $length if $length;
    utf8::decode($text);
    return ($kind, $text);
}

sub done {
    local ($,, $\);
    for my $output (*STDOUT{IO}, *STDERR{IO}) {
        print {$output} $mark;
        $output->flush;
    }
    return reply(done => '');
}

# The user's words are standard input.
package Jupyter::Input {
    sub TIEHANDLE { return bless {}, shift }

    sub READLINE {
        STDOUT->flush;
        Jupyter::reply(ask => '');
        my (undef, $text) = Jupyter::request();
        return length $text ? $text : undef;
    }
    sub CLOSE   { return 1 }
    sub FILENO  { return 0 }
    sub EOF     { return 0 }
    sub BINMODE { return 1 }
}

# What Jupyter shows instead of text.
sub main::display {
    my ($data, $type) = @_;
    reply(display => "$data", $type // 'text/html');
    return;
}

# Called at a cell's end, and inside of it: what it has declared lives on.
sub keep {
    my $found = PadWalker::peek_my(1);
    @kept{ keys %$found } = values %$found;
    return;
}

sub execute {
    my ($code) = @_;
    my $declared = join '', map {"\\my $_ = \$Jupyter::kept{'$_'};"} sort keys %kept;
    my $head = "package main; no strict; no warnings; use utf8; use feature qw(:5.30 refaliasing); $declared";
    my @result;
    {
        local $SIG{INT} = sub { die "interrupted\n" };
        @result = evaluate("$head\n#line 1 \"cell\"\n$code\n;Jupyter::keep();");
    }
    my $error = $@;
    return if !length $error;
    my $name = ref $error || ($error eq "interrupted\n" ? 'Interrupted' : 'Error');
    $error = "$error";
    chomp $error;
    return reply(error => "$name\n$error");
}

# The value of an expression is not to be had with its variables, so `say` is what shows one.
sub check {
    my ($code) = @_;
    local $SIG{__WARN__} = sub { };
    evaluate("package main; no strict; use utf8; use feature ':5.30'; no warnings; return; $code\n;");
    return 'complete' if !length $@;
    return $@ !~ /Unmatched/ && $@ =~ /Missing right|Can't find string terminator|at EOF$/m ? 'incomplete' : 'invalid';
}

sub matches {
    my ($word) = @_;
    my ($sigil, $name) = $word =~ /^([\$\@%&]?)(.*)$/;
    my @found = grep { index($_, $word) == 0 } keys %kept;
    no strict 'refs';
    my ($package, $last) = $name =~ /^(.*::)?(.*)$/;
    push @found, map { $sigil . ($package // '') . $_ } grep { /^\Q$last\E\w/ && /^\w+(::)?$/ } keys %{ 'main::' . ($package // '') };
    push @found, grep { index($_, $word) == 0 } qw(chomp close defined delete each exists foreach join keys local open package print printf push require return reverse say shift sort splice split sprintf substr unless unshift values wantarray while);
    return join "\n", @found;
}

sub inspect {
    my ($word) = @_;
    my $found = $kept{$word};
    if ($found) {
        require Data::Dumper;
        my $value = ref $found eq 'SCALAR' || ref $found eq 'REF' ? $$found : $found;
        return "$word = " . Data::Dumper->new([$value])->Terse(1)->Sortkeys(1)->Dump;
    }
    my $name = $word =~ s/^&//r;
    no strict 'refs';
    return "sub $name" if $name =~ /^\w+(::\w+)*$/ && defined &{"main::$name"};
    return $name =~ /^\w+$/ && eval { my $known = prototype "CORE::$name"; 1 } ? "$name: built into Perl $^V" : '';
}

tie *STDIN, 'Jupyter::Input';
binmode STDOUT, ':encoding(UTF-8)';
binmode STDERR, ':encoding(UTF-8)';
STDOUT->autoflush(1);
local $SIG{INT} = 'IGNORE';
reply(version => sprintf '%vd', $^V);
done();
while (1) {
    my ($kind, $text) = request();
    if    ($kind eq 'execute')  { execute($text) }
    elsif ($kind eq 'check')    { reply(status => check($text)) }
    elsif ($kind eq 'complete') { reply(match => matches($text)) }
    elsif ($kind eq 'inspect')  { reply(text => inspect($text)) }
    done();
}
