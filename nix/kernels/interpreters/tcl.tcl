# Runs cells of Tcl; kernel.py says how the two speak.

namespace eval jupyter {
  variable requests [open [lindex $argv 0] rb]
  variable replies [open [lindex $argv 1] wb]
  variable mark "\x1e\x04\x1e"
  variable pending ""

  proc reply {kind text {argument -}} {
    variable replies
    set data [encoding convertto utf-8 $text]
    puts -nonewline $replies "$kind $argument [string length $data]\n$data"
    flush $replies
  }

  proc request {} {
    variable requests
    if {[gets $requests line] < 0} { exit }
    lassign $line kind argument length
    list $kind [encoding convertfrom utf-8 [read $requests $length]]
  }

  proc done {} {
    variable mark
    foreach output {stdout stderr} { catch { puts -nonewline $output $mark; flush $output } }
    reply done ""
  }

  # The user's words are standard input.
  proc gets_answer {arguments} {
    variable pending
    if {[lindex $arguments 0] ne "stdin"} { return [uplevel 2 [list ::jupyter::gets {*}$arguments]] }
    reply ask ""
    set answer [lindex [request] 1]
    set line [string trimright $answer "\n"]
    if {[llength $arguments] < 2} { return $line }
    upvar 2 [lindex $arguments 1] variable
    set variable $line
    expr {$answer eq "" ? -1 : [string length $line]}
  }

  proc execute {code} {
    set status [catch { uplevel #0 $code } result options]
    if {$status == 1} {
      set code [dict get $options -errorcode]
      reply error "[expr {$code eq "NONE" ? "Error" : $code}]\n$result"
      reply trace [dict get $options -errorinfo]
    } elseif {$result ne ""} {
      reply result $result
    }
  }

  proc matches {word} {
    set found {}
    if {[string index $word 0] eq "\$"} {
      foreach name [info globals [string range $word 1 end]*] { lappend found "\$$name" }
    } else {
      foreach name [uplevel #0 [list info commands $word*]] { lappend found $name }
    }
    join $found "\n"
  }

  proc inspect {word} {
    set name [string trimleft $word "\$"]
    if {[info exists ::$name] && ![array exists ::$name]} { return "$name = [set ::$name]" }
    if {[info procs ::$name] ne ""} { return "proc $name {[info args ::$name]} {[info body ::$name]}" }
    if {[info commands ::$name] ne ""} { return "$name: command of Tcl [info patchlevel]" }
  }

  proc main {} {
    # Without it a cell that is interrupted ends the interpreter.
    catch { package require Tclx; signal error SIGINT }
    reply version [info patchlevel]
    done
    while 1 {
      lassign [request] kind text
      switch $kind {
        execute { execute $text }
        check { reply status [expr {[info complete $text] ? "complete" : "incomplete"}] }
        complete { reply match [matches $text] }
        inspect { reply text [inspect $text] }
      }
      done
    }
  }
}

# What Jupyter shows instead of text.
proc display {data {type text/html}} { jupyter::reply display $data $type }

fconfigure stdout -encoding utf-8 -buffering line
fconfigure stderr -encoding utf-8
rename gets jupyter::gets
proc gets args { jupyter::gets_answer $args }
set tcl_interactive 0
set argv {}
set argc 0
jupyter::main
